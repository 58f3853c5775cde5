CREATE TABLE `my-project`.`shop`.`orders` (
  `id` INT64 NOT NULL OPTIONS (description = 'the order\'s number'),
  `customer` STRING,
  `total` NUMERIC(12, 2),
  `updated_at` TIMESTAMP NOT NULL,
  `tags` ARRAY<STRING>,
  `address` STRUCT<`street` STRING NOT NULL>,
  `it_s` JSON OPTIONS (description = '(source field: it\'s)'),
  PRIMARY KEY (`id`) NOT ENFORCED
)
PARTITION BY DATE(`updated_at`)
CLUSTER BY `customer`, `id`;
