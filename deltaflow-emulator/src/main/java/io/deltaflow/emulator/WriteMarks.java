package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.TableReference;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Who changes rows of which table. As in BigQuery, a transaction that changes existing rows of a
 * table conflicts with every other that does, though it be other rows; a statement outside a
 * transaction waits; appends conflict with nothing. Thread-safe.
 */
final class WriteMarks {
  private static final long POLL_MILLIS = 50;

  /** A transaction, or a statement outside one. */
  static final class Owner {
    private final long start;
    private final Set<String> held = new HashSet<>();

    private Owner(long start) {
      this.start = start;
    }
  }

  private final Map<String, Owner> owners = new HashMap<>();
  private final Map<String, Long> lastChange = new HashMap<>();
  private long sequence;

  /** Call before the snapshot is taken. */
  synchronized Owner begin() {
    return new Owner(sequence);
  }

  /**
   * Marks a table for a transaction; fails when another holds it or changed it since this one
   * began.
   */
  synchronized void acquire(Owner owner, TableReference table) {
    String name = Warehouse.name(table);
    Owner other = owners.get(name);
    boolean held = other != null && other != owner;
    if (held || other == null && lastChange.getOrDefault(name, 0L) > owner.start) {
      throw conflict(table);
    }
    owners.put(name, owner);
    owner.held.add(name);
  }

  /** Marks a table for a statement outside a transaction, once nobody else holds it. */
  synchronized void await(Owner owner, TableReference table, BooleanSupplier cancelled) {
    String name = Warehouse.name(table);
    while (owners.get(name) != null) {
      if (cancelled.getAsBoolean()) {
        throw new BigQueryError(
            "stopped", "Job execution was cancelled: User requested cancellation");
      }
      try {
        wait(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new BigQueryError("stopped", "Job execution was cancelled: the emulator stops");
      }
    }
    owners.put(name, owner);
    owner.held.add(name);
  }

  synchronized void release(Owner owner, boolean committed) {
    if (committed && !owner.held.isEmpty()) {
      sequence++;
      owner.held.forEach(name -> lastChange.put(name, sequence));
    }
    owner.held.forEach(owners::remove);
    owner.held.clear();
    notifyAll();
  }

  static BigQueryError conflict(TableReference table) {
    return BigQueryError.invalidQuery(
        "Transaction is aborted due to concurrent update against table "
            + Warehouse.name(table)
            + ". Transaction ID: emulator");
  }
}
