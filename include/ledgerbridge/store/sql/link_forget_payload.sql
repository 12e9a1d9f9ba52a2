UPDATE link SET payload_hash = NULL WHERE record_id = %(record_id)s
