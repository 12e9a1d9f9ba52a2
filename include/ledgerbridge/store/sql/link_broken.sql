UPDATE link SET broken_at = now() WHERE record_id = ANY(%(record_ids)s) AND broken_at IS NULL
