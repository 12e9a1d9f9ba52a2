SELECT 1 FROM transfer WHERE record_id = %(record_id)s AND revision > %(revision)s LIMIT 1
