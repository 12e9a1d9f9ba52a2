SELECT r.source_id, a.booked_number FROM record r JOIN archive a USING (record_id)
WHERE r.integration = %(integration)s AND r.module = 'invoices' AND r.source_id = ANY(%(source_ids)s)
