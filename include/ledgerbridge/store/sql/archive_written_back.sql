UPDATE archive SET written_back_at = now() WHERE record_id = %(record_id)s
