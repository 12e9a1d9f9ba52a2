SELECT record_id, locator FROM record WHERE record_id = ANY(%(record_ids)s)
