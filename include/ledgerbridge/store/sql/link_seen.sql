UPDATE link SET target_cvr = %(target_cvr)s, target_name = %(target_name)s WHERE record_id = %(record_id)s
