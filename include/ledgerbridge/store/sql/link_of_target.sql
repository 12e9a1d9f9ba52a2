SELECT l.*, r.source_id FROM link l JOIN record r USING (record_id)
WHERE l.integration = %(integration)s AND l.module = %(module)s AND l.target_kind = %(target_kind)s
  AND l.target_id = %(target_id)s
