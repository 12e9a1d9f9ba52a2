-- Customers of ours without a link that the source still has.
SELECT count(*) AS customers FROM transfer t
WHERE t.integration = %(integration)s AND t.module = 'customers' AND t.is_newest AND t.state <> 'withdrawn'
  AND NOT EXISTS (SELECT FROM link l WHERE l.record_id = t.record_id)
  AND (%(name)s::text IS NULL OR t.shown_name ILIKE %(name)s OR t.shown_number ILIKE %(name)s)
