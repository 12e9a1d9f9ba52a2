SELECT l.*, r.source_id FROM link l JOIN record r USING (record_id)
WHERE r.integration = %(integration)s AND r.module = %(module)s AND r.source_id = ANY(%(source_ids)s)
