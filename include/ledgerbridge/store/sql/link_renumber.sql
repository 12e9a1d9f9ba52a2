UPDATE link SET target_id = %(number)s, source_number = %(number)s, written_back_at = NULL
WHERE record_id = %(record_id)s
