SELECT source_id, choice FROM customer_decision WHERE integration = %(integration)s AND source_id = ANY(%(source_ids)s)
