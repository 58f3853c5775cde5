DECLARE inserted INT64 DEFAULT 0;
DECLARE updated INT64 DEFAULT 0;
DECLARE deleted INT64 DEFAULT 0;
DECLARE rows_before INT64 DEFAULT 0;
DECLARE bytes_lookup INT64 DEFAULT 0;
DECLARE bytes_merge INT64 DEFAULT 0;

BEGIN TRANSACTION;

UPDATE `my-project`.`shop`.`orders__deltaflow_state`
SET `epoch` = 8,
    `watermarks` = '{}',
    `schema_fingerprint` = 'dd40f22badb6c2d7',
    `run_id` = 'run1',
    `updated_at` = CURRENT_TIMESTAMP()
WHERE `sync_id` = 'postgresql:public.orders -> bigquery:my-project.shop.orders' AND `epoch` = 7;
IF @@row_count != 1 THEN
  RAISE USING MESSAGE = 'deltaflow: stale epoch 7';
END IF;

IF EXISTS (SELECT 1 FROM `my-project`.`shop`.`orders__deltaflow_state` WHERE `replacement` != 'my-project.shop.orders__deltaflow_next_run1') THEN
  RAISE USING MESSAGE = 'deltaflow: refused: a table that another run has filled has yet to take the place of my-project.shop.orders; run again, which sees to that first';
END IF;

IF EXISTS (SELECT 1 FROM `my-project`.`shop`.`orders__deltaflow_state` WHERE `sync_id` != 'postgresql:public.orders -> bigquery:my-project.shop.orders' AND `watermarks` != '{}') THEN
  RAISE USING MESSAGE = 'deltaflow: refused: other syncs publish into my-project.shop.orders too, and replacing all its rows would take theirs away for good, since their watermarks stay; write to another table, or, when the others are given up or shall begin anew, reset each of them: ./deltaflow reset --sync_id=... with the flags of the destination';
END IF;

IF (SELECT COUNT(*) FROM `my-project`.`shop`.`orders__deltaflow_staging_run1_0`) + (SELECT COUNT(*) FROM `my-project`.`shop`.`orders__deltaflow_staging_run1_1`) != 120 THEN
  RAISE USING MESSAGE = 'deltaflow: refused: staging does not hold the 120 rows that were read';
END IF;

SET deleted = (SELECT COUNT(*) FROM `my-project`.`shop`.`orders`);
TRUNCATE TABLE `my-project`.`shop`.`orders`;

INSERT INTO `my-project`.`shop`.`orders` (`id`, `customer`, `total`, `updated_at`)
SELECT c0, c1, c2, c3 FROM `my-project`.`shop`.`orders__deltaflow_staging_run1_0`
UNION ALL
SELECT c0, c1, c2, c3 FROM `my-project`.`shop`.`orders__deltaflow_staging_run1_1`;
SET inserted = inserted + @@row_count;
IF inserted != 120 THEN
  RAISE USING MESSAGE = 'deltaflow: refused: not every staged row was inserted';
END IF;

INSERT INTO `my-project`.`shop`.`orders__deltaflow_runs` (
  `run_id`, `sync_id`, `epoch`, `outcome`, `write_disposition`, `sources`, `rows_read`, `rows_staged`, `rows_inserted`,
  `rows_updated`, `rows_deleted`, `rows_dead_lettered`, `bytes_staged`, `bytes_lookup`, `bytes_merge`,
  `maximum_published`, `started`, `ended`)
VALUES (
  'run1', 'postgresql:public.orders -> bigquery:my-project.shop.orders', 8, 'published', 'WRITE_TRUNCATE', '[{"identity":"postgresql:public.orders","description":"postgresql public.orders"}]', 120, 120, inserted,
  updated, deleted, 0, 4096, bytes_lookup, bytes_merge,
  NULL, TIMESTAMP '2026-03-02 00:00:05.000000+00', CURRENT_TIMESTAMP());

COMMIT TRANSACTION;

SELECT inserted, updated, deleted, bytes_lookup, bytes_merge, @@script.bytes_processed AS bytes_processed;
