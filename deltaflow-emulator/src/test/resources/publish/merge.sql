DECLARE inserted INT64 DEFAULT 0;
DECLARE changed INT64 DEFAULT 0;
BEGIN
  BEGIN TRANSACTION;
  UPDATE `p.d.orders__deltaflow_state`
  SET epoch = 8, run_id = 'run-8', watermarks = JSON '{"orders":"2024-02-01T00:00:00Z"}', updated_at = CURRENT_TIMESTAMP()
  WHERE sync_id = 's' AND epoch = 7;
  IF @@row_count != 1 THEN
    RAISE USING MESSAGE = 'deltaflow: the epoch is stale; another run published';
  END IF;
  IF (SELECT COUNT(*) FROM `p.d.stg_0`) + (SELECT COUNT(*) FROM `p.d.stg_1`) != 5 THEN
    RAISE USING MESSAGE = FORMAT('deltaflow: %d rows are staged, 5 were read',
      (SELECT COUNT(*) FROM `p.d.stg_0`) + (SELECT COUNT(*) FROM `p.d.stg_1`));
  END IF;
  IF EXISTS (SELECT 1 FROM `p.d.stg_0` WHERE c0 IS NULL) THEN
    RAISE USING MESSAGE = 'deltaflow: a merge key is NULL';
  END IF;
  SET inserted = (SELECT COUNT(DISTINCT c0) FROM (SELECT c0 FROM `p.d.stg_0` UNION ALL SELECT c0 FROM `p.d.stg_1`)
    WHERE c0 NOT IN (SELECT id FROM `p.d.orders`));
  MERGE `p.d.orders` T
  USING (
    SELECT * FROM (
      SELECT c0 AS `id`, c1 AS `name`, c2 AS `updated_at`, c3 AS `amount`, PARSE_JSON(c4) AS `payload`, c5 AS `tags`
      FROM `p.d.stg_0`
      UNION ALL
      SELECT c0, c1, c2, c3, PARSE_JSON(c4), c5 FROM `p.d.stg_1`
    )
    WHERE TRUE
    QUALIFY ROW_NUMBER() OVER (PARTITION BY `id` ORDER BY `updated_at` DESC) = 1
  ) S
  ON T.`id` = S.`id`
  WHEN MATCHED AND S.`updated_at` >= T.`updated_at` THEN
    UPDATE SET `name` = S.`name`, `updated_at` = S.`updated_at`, `amount` = S.`amount`, `payload` = S.`payload`, `tags` = S.`tags`
  WHEN NOT MATCHED THEN
    INSERT (`id`, `name`, `updated_at`, `amount`, `payload`, `tags`)
    VALUES (S.`id`, S.`name`, S.`updated_at`, S.`amount`, S.`payload`, S.`tags`);
  SET changed = @@row_count;
  INSERT INTO `p.d.orders__deltaflow_ledger` (run_id, sync_id, epoch, inserted, updated, ended)
  VALUES ('run-8', 's', 8, inserted, changed - inserted, CURRENT_TIMESTAMP());
  COMMIT TRANSACTION;
EXCEPTION WHEN ERROR THEN
  ROLLBACK TRANSACTION;
  RAISE;
END;
