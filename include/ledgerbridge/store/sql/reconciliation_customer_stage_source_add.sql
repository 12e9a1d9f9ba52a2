INSERT INTO reconciliation_stage_customer_source (source_id, target_number, sort_key, fact)
VALUES %s
ON CONFLICT (source_id) DO UPDATE
SET (target_number, sort_key, fact) = (excluded.target_number, excluded.sort_key, excluded.fact)
