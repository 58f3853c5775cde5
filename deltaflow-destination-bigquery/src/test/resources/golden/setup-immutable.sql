UPDATE `my-project`.`shop`.`orders` SET `updated_at` = TIMESTAMP '2026-03-01 01:00:00+00' WHERE TRUE;
