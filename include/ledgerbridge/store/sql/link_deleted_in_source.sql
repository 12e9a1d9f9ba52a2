UPDATE link l SET deleted_in_source_at = now()
FROM record r
WHERE r.record_id = l.record_id AND r.integration = %(integration)s AND r.module = %(module)s
  AND r.source_id = ANY(%(source_ids)s) AND l.deleted_in_source_at IS NULL
RETURNING r.source_id, l.target_kind, l.target_id
