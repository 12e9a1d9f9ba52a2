SELECT source_id FROM record
WHERE integration = %(integration)s AND module = %(module)s
ORDER BY record_id
