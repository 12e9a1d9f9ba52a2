SELECT record_id FROM record WHERE record_id = %(record_id)s FOR NO KEY UPDATE
