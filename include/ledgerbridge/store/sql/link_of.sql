SELECT l.*, r.source_id FROM link l JOIN record r USING (record_id) WHERE l.record_id = %(record_id)s
