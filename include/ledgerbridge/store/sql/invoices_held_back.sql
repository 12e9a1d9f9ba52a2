-- Which of these invoices are set aside or in doubt. A revision that a newer one took the place of is so no longer.
SELECT DISTINCT r.source_id FROM record r JOIN transfer t USING (record_id)
WHERE r.integration = %(integration)s AND r.module = 'invoices' AND r.source_id = ANY(%(source_ids)s)
  AND t.state IN ('rejected', 'waiting', 'in_doubt')
