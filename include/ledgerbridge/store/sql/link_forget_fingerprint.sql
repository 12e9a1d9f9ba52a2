UPDATE link SET fingerprint = NULL WHERE record_id = %(record_id)s AND fingerprint IS NOT NULL
