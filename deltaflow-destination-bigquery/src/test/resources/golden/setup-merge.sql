-- After setup.sql: the tables as publish-merge.sql wants them.
DROP TABLE `my-project`.`shop`.`orders`;
CREATE TABLE `my-project`.`shop`.`orders` (
  `tenant` STRING NOT NULL,
  `id` INT64 NOT NULL,
  `name` STRING
);
INSERT INTO `my-project`.`shop`.`orders` (`tenant`, `id`, `name`)
VALUES ('a', 1, 'old'), ('b', 1, 'stays');

CREATE OR REPLACE TABLE `my-project`.`shop`.`orders__deltaflow_staging_run1_0` AS
SELECT 'a' AS c0, n AS c1, CONCAT('name ', n) AS c2 FROM UNNEST(GENERATE_ARRAY(1, 60)) AS n;
CREATE OR REPLACE TABLE `my-project`.`shop`.`orders__deltaflow_staging_run1_1` AS
SELECT 'a' AS c0, n AS c1, CONCAT('name ', n) AS c2 FROM UNNEST(GENERATE_ARRAY(61, 120)) AS n;
