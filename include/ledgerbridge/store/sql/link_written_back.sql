UPDATE link SET written_back_at = now() WHERE record_id = ANY(%(record_ids)s)
