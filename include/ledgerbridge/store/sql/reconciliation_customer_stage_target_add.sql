INSERT INTO reconciliation_stage_customer_target (number, fact)
VALUES %s
ON CONFLICT (number) DO UPDATE SET fact = excluded.fact
