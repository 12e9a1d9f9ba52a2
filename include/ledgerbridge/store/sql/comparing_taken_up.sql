-- Every invoice that an integration has begun to deliver at any time.
SELECT source_id FROM record r
WHERE integration = %(integration)s AND module = 'invoices'
  AND EXISTS (SELECT FROM transfer t WHERE t.record_id = r.record_id)
ORDER BY record_id
