DECLARE days ARRAY<DATE>;
DECLARE statement STRING;
BEGIN
  BEGIN TRANSACTION;
  UPDATE `p.d.events__deltaflow_state` SET epoch = 8 WHERE sync_id = 's' AND epoch = 7;
  IF @@row_count != 1 THEN RAISE USING MESSAGE = 'deltaflow: the epoch is stale; another run published'; END IF;
  SET days = ARRAY(
    SELECT DISTINCT day FROM (
      SELECT DATE(T.updated_at) AS day FROM `p.d.events` T JOIN `p.d.stg_2` S ON T.id = S.c0
      UNION ALL
      SELECT DATE(c1) FROM `p.d.stg_2`)
    ORDER BY day);
  SET statement = FORMAT("""
    MERGE `p.d.events` T
    USING (SELECT c0 AS id, c1 AS updated_at, c2 AS body FROM `p.d.stg_2`) S
    ON T.id = S.id AND DATE(T.updated_at) IN (%s)
    WHEN MATCHED AND S.updated_at >= T.updated_at THEN UPDATE SET updated_at = S.updated_at, body = S.body
    WHEN NOT MATCHED THEN INSERT ROW
    """,
    (SELECT STRING_AGG(FORMAT("DATE '%t'", day), ', ' ORDER BY day) FROM UNNEST(days) AS day));
  EXECUTE IMMEDIATE statement;
  COMMIT TRANSACTION;
EXCEPTION WHEN ERROR THEN
  ROLLBACK TRANSACTION;
  RAISE;
END;
