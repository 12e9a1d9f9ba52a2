SELECT * FROM archive WHERE record_id = %(record_id)s
