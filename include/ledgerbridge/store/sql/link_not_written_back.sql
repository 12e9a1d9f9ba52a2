-- Customer links that the source's own row does not show yet (CT-21).
SELECT l.*, r.source_id FROM link l JOIN record r USING (record_id)
WHERE r.integration = %(integration)s AND r.module = 'customers' AND l.written_back_at IS NULL
  AND l.deleted_in_source_at IS NULL
ORDER BY l.record_id LIMIT %(limit)s
