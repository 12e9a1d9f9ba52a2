UPDATE link SET fingerprint = %(fingerprint)s, source_number = coalesce(%(source_number)s, source_number)
WHERE record_id = %(record_id)s
