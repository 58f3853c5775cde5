DECLARE inserted INT64 DEFAULT 0;
DECLARE updated INT64 DEFAULT 0;
DECLARE deleted INT64 DEFAULT 0;
DECLARE rows_before INT64 DEFAULT 0;
DECLARE bytes_lookup INT64 DEFAULT 0;
DECLARE bytes_merge INT64 DEFAULT 0;

BEGIN TRANSACTION;

UPDATE `my-project`.`shop`.`orders__deltaflow_state`
SET `epoch` = 8,
    `watermarks` = '{"other":{"cursor":"id","kind":"INTEGER","position":"7"},"postgresql:public.orders":{"cursor":"updated_at","kind":"TIMESTAMP","position":"2026-03-02T00:00:00.000001Z","system":"4711"}}',
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

INSERT INTO `my-project`.`shop`.`orders__deltaflow_runs` (
  `run_id`, `sync_id`, `epoch`, `outcome`, `write_disposition`, `sources`, `rows_read`, `rows_staged`, `rows_inserted`,
  `rows_updated`, `rows_deleted`, `rows_dead_lettered`, `bytes_staged`, `bytes_lookup`, `bytes_merge`,
  `maximum_published`, `started`, `ended`)
VALUES (
  'run1', 'postgresql:public.orders -> bigquery:my-project.shop.orders', 8, 'published', 'WRITE_MERGE', '[{"identity":"postgresql:public.orders","description":"postgresql public.orders","cursor":"updated_at","kind":"TIMESTAMP","lo":"2026-03-01T00:00:00.000000Z","hi":"2026-03-02T00:00:00.000001Z","include_null":false}]', 0, 0, inserted,
  updated, deleted, 0, 0, bytes_lookup, bytes_merge,
  NULL, TIMESTAMP '2026-03-02 00:00:05.000000+00', CURRENT_TIMESTAMP());

COMMIT TRANSACTION;

SELECT inserted, updated, deleted, bytes_lookup, bytes_merge, @@script.bytes_processed AS bytes_processed;
