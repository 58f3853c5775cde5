DROP TABLE IF EXISTS `my-project`.`shop`.`orders`;
CREATE TABLE `my-project`.`shop`.`orders` (
  `id` INT64 NOT NULL,
  `customer` STRING,
  `total` NUMERIC(12, 2),
  `updated_at` TIMESTAMP NOT NULL
)
PARTITION BY DATE(`updated_at`);
INSERT INTO `my-project`.`shop`.`orders` (`id`, `customer`, `total`, `updated_at`)
VALUES (1, 'old', 1, TIMESTAMP '2026-02-01 00:00:00+00'), (2, 'newer', 2, TIMESTAMP '2027-02-01 00:00:00+00');

CREATE OR REPLACE TABLE `my-project`.`shop`.`orders__deltaflow_next_run1` (
  `id` INT64 NOT NULL,
  `customer` STRING,
  `total` NUMERIC(12, 2),
  `updated_at` TIMESTAMP NOT NULL
)
PARTITION BY DATE(`updated_at`);

CREATE OR REPLACE TABLE `my-project`.`shop`.`orders__deltaflow_state` (
  `sync_id` STRING NOT NULL,
  `epoch` INT64 NOT NULL,
  `watermarks` STRING,
  `schema_fingerprint` STRING,
  `run_id` STRING,
  `replacement` STRING,
  `updated_at` TIMESTAMP
);
INSERT INTO `my-project`.`shop`.`orders__deltaflow_state` (`sync_id`, `epoch`, `updated_at`)
VALUES ('postgresql:public.orders -> bigquery:my-project.shop.orders', 7, CURRENT_TIMESTAMP());

CREATE OR REPLACE TABLE `my-project`.`shop`.`orders__deltaflow_runs` (
  `run_id` STRING NOT NULL,
  `sync_id` STRING NOT NULL,
  `epoch` INT64 NOT NULL,
  `outcome` STRING NOT NULL,
  `detail` STRING,
  `write_disposition` STRING,
  `sources` STRING,
  `rows_read` INT64,
  `rows_staged` INT64,
  `rows_inserted` INT64,
  `rows_updated` INT64,
  `rows_deleted` INT64,
  `rows_dead_lettered` INT64,
  `bytes_staged` INT64,
  `bytes_lookup` INT64,
  `bytes_merge` INT64,
  `maximum_published` STRING,
  `started` TIMESTAMP,
  `ended` TIMESTAMP
);

CREATE OR REPLACE TABLE `my-project`.`shop`.`orders__deltaflow_staging_run1_0` AS
SELECT n AS c0, CONCAT('customer ', n) AS c1, CAST(n AS NUMERIC) AS c2, TIMESTAMP '2026-03-01 12:00:00+00' AS c3
FROM UNNEST(GENERATE_ARRAY(1, 60)) AS n;
CREATE OR REPLACE TABLE `my-project`.`shop`.`orders__deltaflow_staging_run1_1` AS
SELECT n AS c0, CONCAT('customer ', n) AS c1, CAST(n AS NUMERIC) AS c2, TIMESTAMP '2026-03-01 13:00:00+00' AS c3
FROM UNNEST(GENERATE_ARRAY(61, 120)) AS n;
