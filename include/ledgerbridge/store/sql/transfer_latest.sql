SELECT * FROM transfer WHERE record_id = %(record_id)s ORDER BY revision DESC LIMIT 1
