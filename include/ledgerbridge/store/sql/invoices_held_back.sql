SELECT source_id FROM invoice_held_back
WHERE integration = %(integration)s AND source_id = ANY(%(source_ids)s)
