SELECT DISTINCT ON (source_id) source_id, held_by, target_kind, target_id FROM invoice_held_elsewhere
WHERE integration = %(integration)s AND source_id = ANY(%(source_ids)s)
ORDER BY source_id, target_kind
