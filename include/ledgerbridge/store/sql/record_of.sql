SELECT record_id FROM record
WHERE integration = %(integration)s AND module = %(module)s AND source_id = %(source_id)s
