-- Its record is there again, and its row may say what other accounts have written into it meanwhile.
UPDATE link l SET deleted_in_source_at = NULL, written_back_at = NULL
FROM record r
WHERE r.record_id = l.record_id AND r.integration = %(integration)s AND r.module = %(module)s
  AND r.source_id = ANY(%(source_ids)s) AND l.deleted_in_source_at IS NOT NULL
RETURNING r.source_id, l.target_id
