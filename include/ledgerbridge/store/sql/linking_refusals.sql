SELECT r.source_id, f.target_id FROM linking_refusal f JOIN record r USING (record_id)
WHERE r.integration = %(integration)s AND r.module = 'customers'
