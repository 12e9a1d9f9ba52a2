SELECT source_id FROM record
WHERE integration = %(integration)s AND module = %(module)s AND source_id = ANY(%(source_ids)s)
