SELECT l.*, r.source_id, true AS is_own, false AS is_in_doubt FROM link l JOIN record r USING (record_id) WHERE l.record_id = %(record_id)s
UNION ALL
SELECT l.*, r.source_id, false AS is_own,
       EXISTS (SELECT FROM transfer t WHERE t.record_id = l.record_id AND t.step IS NOT NULL) AS is_in_doubt
FROM record r JOIN link l USING (record_id)
WHERE r.integration = %(integration)s AND r.module = 'customers' AND r.source_id = %(customer)s
