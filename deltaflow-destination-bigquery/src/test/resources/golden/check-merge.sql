WITH df_staged AS (
  SELECT c0, c3, IFNULL(DATETIME_DIFF(DATETIME(c3, 'UTC'), DATETIME '1970-01-01', DAY), -1000000000) AS df_partition FROM `my-project`.`shop`.`orders__deltaflow_staging_run1_0`
  UNION ALL
  SELECT c0, c3, IFNULL(DATETIME_DIFF(DATETIME(c3, 'UTC'), DATETIME '1970-01-01', DAY), -1000000000) AS df_partition FROM `my-project`.`shop`.`orders__deltaflow_staging_run1_1`
)
SELECT
  COUNT(*),
  COUNTIF(c0 IS NULL),
  ARRAY(SELECT AS STRUCT c0, CAST(c3 AS STRING) AS df_c3, COUNT(*) AS df_times FROM df_staged GROUP BY c0, c3 HAVING COUNT(*) > 1 ORDER BY df_times DESC, c0, c3 LIMIT 3),
  MAX(c3),
  ARRAY(SELECT DISTINCT df_partition FROM df_staged ORDER BY df_partition LIMIT 10001)
FROM df_staged
