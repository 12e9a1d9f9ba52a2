SELECT l.*, r.source_id, true AS is_own FROM link l JOIN record r USING (record_id) WHERE l.record_id = %(record_id)s
UNION ALL
SELECT l.*, r.source_id, false AS is_own FROM record r JOIN link l USING (record_id)
WHERE r.integration = %(integration)s AND r.module = 'customers' AND r.source_id = %(customer)s
