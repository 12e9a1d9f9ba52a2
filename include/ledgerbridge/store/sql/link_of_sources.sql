SELECT l.*, r.source_id,
       EXISTS (SELECT FROM transfer t WHERE t.record_id = l.record_id AND t.step IS NOT NULL) AS is_in_doubt
FROM link l JOIN record r USING (record_id)
WHERE r.integration = %(integration)s AND r.module = %(module)s AND r.source_id = ANY(%(source_ids)s)
