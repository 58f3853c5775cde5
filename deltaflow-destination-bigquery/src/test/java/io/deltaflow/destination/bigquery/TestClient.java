package io.deltaflow.destination.bigquery;

import com.google.api.client.http.javanet.NetHttpTransport;
import com.google.api.client.json.gson.GsonFactory;
import com.google.api.services.bigquery.Bigquery;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableList;
import com.google.api.services.storage.Storage;
import com.google.api.services.storage.model.Objects;
import com.google.api.services.storage.model.StorageObject;
import io.deltaflow.testing.BigQueryServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** What a reader of the destination sees. */
final class TestClient {
  private final Bigquery bigquery;
  private final Storage storage;

  TestClient(BigQueryServer server) {
    bigquery =
        new Bigquery.Builder(new NetHttpTransport(), GsonFactory.getDefaultInstance(), null)
            .setRootUrl(server.emulator().bigQueryEndpoint())
            .setApplicationName("test")
            .build();
    storage =
        new Storage.Builder(new NetHttpTransport(), GsonFactory.getDefaultInstance(), null)
            .setRootUrl(server.emulator().bigQueryEndpoint())
            .setApplicationName("test")
            .build();
  }

  Table table(String name) {
    try {
      return bigquery.tables().get(BigQueryServer.PROJECT, BigQueryServer.DATASET, name).execute();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The names of all tables of the dataset. */
  List<String> tables() {
    try {
      TableList list =
          bigquery.tables().list(BigQueryServer.PROJECT, BigQueryServer.DATASET).execute();
      return list.getTables() == null
          ? List.of()
          : list.getTables().stream().map(t -> t.getTableReference().getTableId()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The names of all objects of a bucket. */
  List<String> objects(String bucket) {
    try {
      Objects list = storage.objects().list(bucket).execute();
      return list.getItems() == null
          ? List.of()
          : list.getItems().stream().map(StorageObject::getName).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
