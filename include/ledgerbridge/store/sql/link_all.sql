SELECT l.*, r.source_id FROM link l JOIN record r USING (record_id)
WHERE l.integration = %(integration)s AND l.module = %(module)s ORDER BY l.record_id
