-- Which of these invoices an integration has begun to deliver at any time.
SELECT source_id FROM record r
WHERE integration = %(integration)s AND module = 'invoices' AND source_id = ANY(%(source_ids)s)
  AND EXISTS (SELECT FROM transfer t WHERE t.record_id = r.record_id)
