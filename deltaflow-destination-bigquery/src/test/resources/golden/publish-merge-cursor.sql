DECLARE inserted INT64 DEFAULT 0;
DECLARE updated INT64 DEFAULT 0;
DECLARE deleted INT64 DEFAULT 0;
DECLARE rows_before INT64 DEFAULT 0;
DECLARE bytes_lookup INT64 DEFAULT 0;
DECLARE bytes_merge INT64 DEFAULT 0;

BEGIN TRANSACTION;

UPDATE `my-project`.`shop`.`orders__deltaflow_state`
SET `epoch` = 8,
    `watermarks` = '{"other":{"cursor":"id","kind":"INTEGER","position":"7"},"postgresql:public.orders":{"cursor":"updated_at","kind":"TIMESTAMP","position":"2026-03-02T00:00:00.000001Z","system":"4711","maximum":"2026-03-01T13:00:00.000000Z"}}',
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

IF (SELECT COUNT(*) FROM `my-project`.`shop`.`orders__deltaflow_staging_run1_0`) + (SELECT COUNT(*) FROM `my-project`.`shop`.`orders__deltaflow_staging_run1_1`) != 120 THEN
  RAISE USING MESSAGE = 'deltaflow: refused: staging does not hold the 120 rows that were read';
END IF;

SET rows_before = (SELECT COUNT(*) FROM `my-project`.`shop`.`orders`);
SET bytes_lookup = @@script.bytes_processed;
CREATE TEMP TABLE df_elsewhere AS
SELECT *, MIN(was_in) OVER (PARTITION BY c0) AS home
FROM (
  SELECT DISTINCT df_staged.c0, IFNULL(DATETIME_DIFF(DATETIME(df_target.`updated_at`, 'UTC'), DATETIME '1970-01-01', DAY), -1000000000) AS was_in
  FROM (
    SELECT c0, c3 FROM `my-project`.`shop`.`orders__deltaflow_staging_run1_0`
    UNION ALL
    SELECT c0, c3 FROM `my-project`.`shop`.`orders__deltaflow_staging_run1_1`
  ) AS df_staged
  JOIN `my-project`.`shop`.`orders` AS df_target
  ON df_target.`id` = df_staged.c0
  WHERE IFNULL(DATETIME_DIFF(DATETIME(df_target.`updated_at`, 'UTC'), DATETIME '1970-01-01', DAY), -1000000000) != IFNULL(DATETIME_DIFF(DATETIME(df_staged.c3, 'UTC'), DATETIME '1970-01-01', DAY), -1000000000)
);
FOR df_chunk IN (
  WITH
  df_moves AS (
    SELECT DISTINCT
      IFNULL(DATETIME_DIFF(DATETIME(df_staged.c3, 'UTC'), DATETIME '1970-01-01', DAY), -1000000000) AS goes_to,
      IFNULL(df_elsewhere.home, IFNULL(DATETIME_DIFF(DATETIME(df_staged.c3, 'UTC'), DATETIME '1970-01-01', DAY), -1000000000)) AS home,
      IFNULL(df_elsewhere.was_in, IFNULL(DATETIME_DIFF(DATETIME(df_staged.c3, 'UTC'), DATETIME '1970-01-01', DAY), -1000000000)) AS was_in
    FROM (
      SELECT c0, c3 FROM `my-project`.`shop`.`orders__deltaflow_staging_run1_0`
      UNION ALL
      SELECT c0, c3 FROM `my-project`.`shop`.`orders__deltaflow_staging_run1_1`
    ) AS df_staged
    LEFT JOIN df_elsewhere ON df_elsewhere.c0 = df_staged.c0
  ),
  df_touched AS (
    SELECT number, DIV(ROW_NUMBER() OVER (ORDER BY number) - 1, IF(COUNT(*) OVER () > 4000, 2000, 4000)) AS block
    FROM (SELECT goes_to AS number FROM df_moves UNION DISTINCT SELECT was_in FROM df_moves)
  ),
  df_blocks AS (
    SELECT number, MIN(number) OVER (PARTITION BY block) AS low, MAX(number) OVER (PARTITION BY block) AS high
    FROM df_touched
  ),
  df_chunks AS (
    SELECT DISTINCT goes.low AS to_low, goes.high AS to_high, home.low AS home_low, home.high AS home_high, number
    FROM df_moves
    JOIN df_blocks AS goes ON goes.number = df_moves.goes_to
    JOIN df_blocks AS home ON home.number = df_moves.home
    CROSS JOIN UNNEST([df_moves.goes_to, df_moves.was_in]) AS number
  ),
  df_gaps AS (
    SELECT *, number - LAG(number) OVER (PARTITION BY to_low, home_low ORDER BY number) AS gap
    FROM df_chunks
  ),
  df_cuts AS (
    SELECT *, IF(gap > 1 AND ROW_NUMBER() OVER (PARTITION BY to_low, home_low ORDER BY gap DESC) < 500, 1, 0) AS cut
    FROM df_gaps
  ),
  df_runs AS (
    SELECT *, SUM(cut) OVER (PARTITION BY to_low, home_low ORDER BY number) AS run
    FROM df_cuts
  ),
  df_ranges AS (
    SELECT to_low, to_high, home_low, home_high, MIN(number) AS low, MAX(number) AS high
    FROM df_runs
    GROUP BY to_low, to_high, home_low, home_high, run
  ),
  df_conditions AS (
    SELECT to_low, to_high, home_low, home_high, STRING_AGG(IF(low = -1000000000, 'df_target.`updated_at` IS NULL', CONCAT('(', CONCAT('df_target.`updated_at` >= TIMESTAMP "', CAST(SAFE.DATETIME_ADD(DATETIME '1970-01-01', INTERVAL low DAY) AS STRING), '+00"'), ' AND ', IFNULL(CONCAT('df_target.`updated_at` < TIMESTAMP "', CAST(SAFE.DATETIME_ADD(DATETIME '1970-01-01', INTERVAL high + 1 DAY) AS STRING), '+00"'), 'TRUE'), ')')), ' OR ' ORDER BY low) AS partitions
    FROM df_ranges
    GROUP BY to_low, to_high, home_low, home_high
  )
  SELECT IF(COUNT(*) OVER () = 1, '', CONCAT('\n  LEFT JOIN (SELECT DISTINCT c0, home FROM df_elsewhere) AS df_elsewhere ON df_elsewhere.c0 = df_row.c0\n  WHERE IFNULL(DATETIME_DIFF(DATETIME(df_row.c3, \'UTC\'), DATETIME \'1970-01-01\', DAY), -1000000000) BETWEEN ', CAST(to_low AS STRING), ' AND ', CAST(to_high AS STRING), ' AND IFNULL(df_elsewhere.home, IFNULL(DATETIME_DIFF(DATETIME(df_row.c3, \'UTC\'), DATETIME \'1970-01-01\', DAY), -1000000000)) BETWEEN ', CAST(home_low AS STRING), ' AND ', CAST(home_high AS STRING))) AS chosen_rows, partitions
  FROM df_conditions
  ORDER BY to_low, home_low
) DO
  SET bytes_merge = bytes_merge - @@script.bytes_processed;
  EXECUTE IMMEDIATE CONCAT("""MERGE INTO `my-project`.`shop`.`orders` AS df_target
USING (
  SELECT df_row.* FROM (
    SELECT * FROM (
      SELECT c0, c1, c2, c3 FROM `my-project`.`shop`.`orders__deltaflow_staging_run1_0`
      UNION ALL
      SELECT c0, c1, c2, c3 FROM `my-project`.`shop`.`orders__deltaflow_staging_run1_1`
    )
    WHERE TRUE
    QUALIFY ROW_NUMBER() OVER (PARTITION BY c0 ORDER BY c3 DESC) = 1
  ) AS df_row""", df_chunk.chosen_rows, """
) AS df_staged
ON df_target.`id` = df_staged.c0
AND (""", df_chunk.partitions, """)
WHEN MATCHED AND (df_staged.c3 >= df_target.`updated_at` OR df_staged.c3 IS NULL OR df_target.`updated_at` IS NULL) THEN
  UPDATE SET
    `customer` = df_staged.c1,
    `total` = df_staged.c2,
    `updated_at` = df_staged.c3
WHEN NOT MATCHED THEN
  INSERT (`id`, `customer`, `total`, `updated_at`)
  VALUES (df_staged.c0, df_staged.c1, df_staged.c2, df_staged.c3)""");
  SET updated = updated + IFNULL(@@row_count, 0);
  SET bytes_merge = bytes_merge + @@script.bytes_processed;
END FOR;
SET bytes_lookup = @@script.bytes_processed - bytes_lookup - bytes_merge;
SET inserted = (SELECT COUNT(*) FROM `my-project`.`shop`.`orders`) - rows_before;
SET updated = GREATEST(updated - inserted, 0);

INSERT INTO `my-project`.`shop`.`orders__deltaflow_runs` (
  `run_id`, `sync_id`, `epoch`, `outcome`, `write_disposition`, `sources`, `rows_read`, `rows_staged`, `rows_inserted`,
  `rows_updated`, `rows_deleted`, `rows_dead_lettered`, `bytes_staged`, `bytes_lookup`, `bytes_merge`,
  `maximum_published`, `started`, `ended`)
VALUES (
  'run1', 'postgresql:public.orders -> bigquery:my-project.shop.orders', 8, 'published', 'WRITE_MERGE', '[{"identity":"postgresql:public.orders","description":"postgresql public.orders","cursor":"updated_at","kind":"TIMESTAMP","lo":"2026-03-01T00:00:00.000000Z","hi":"2026-03-02T00:00:00.000001Z","include_null":false}]', 120, 120, inserted,
  updated, deleted, 0, 4096, bytes_lookup, bytes_merge,
  '2026-03-01T13:00:00.000000Z', TIMESTAMP '2026-03-02 00:00:05.000000+00', CURRENT_TIMESTAMP());

COMMIT TRANSACTION;

SELECT inserted, updated, deleted, bytes_lookup, bytes_merge, @@script.bytes_processed AS bytes_processed;
