UPDATE archive SET pdf_asked_at = now() WHERE record_id = ANY(%(record_ids)s) AND pdf IS NULL
