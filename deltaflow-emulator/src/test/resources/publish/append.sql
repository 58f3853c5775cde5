BEGIN TRANSACTION;
UPDATE `p.d.orders__deltaflow_state` SET epoch = 8, run_id = 'run-8', updated_at = CURRENT_TIMESTAMP() WHERE sync_id = 's' AND epoch = 7;
IF @@row_count != 1 THEN RAISE USING MESSAGE = 'deltaflow: the epoch is stale; another run published'; END IF;
IF EXISTS (SELECT 1 FROM (SELECT c0 FROM `p.d.stg_0` UNION ALL SELECT c0 FROM `p.d.stg_1`) GROUP BY c0 HAVING COUNT(*) > 2) THEN
  RAISE USING MESSAGE = 'deltaflow: a key is staged more than twice';
END IF;
INSERT INTO `p.d.orders` (`id`, `name`, `updated_at`, `amount`, `payload`, `tags`)
SELECT c0, c1, c2, c3, PARSE_JSON(c4), c5 FROM `p.d.stg_0`
UNION ALL
SELECT c0, c1, c2, c3, PARSE_JSON(c4), c5 FROM `p.d.stg_1`;
INSERT INTO `p.d.orders__deltaflow_ledger` (run_id, sync_id, epoch, inserted, updated, ended)
SELECT 'run-8', 's', 8, @@row_count, 0, CURRENT_TIMESTAMP();
COMMIT TRANSACTION;
