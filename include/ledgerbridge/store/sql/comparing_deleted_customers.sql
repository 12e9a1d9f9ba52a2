SELECT r.source_id FROM link l JOIN record r USING (record_id)
WHERE r.integration = %(integration)s AND r.module = 'customers' AND l.deleted_in_source_at IS NOT NULL
ORDER BY r.record_id
