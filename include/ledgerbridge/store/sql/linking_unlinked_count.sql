SELECT count(*) AS unlinked FROM transfer t
WHERE t.integration = %(integration)s AND t.module = 'customers' AND t.is_newest AND t.state <> 'withdrawn'
  AND NOT EXISTS (SELECT FROM link l WHERE l.record_id = t.record_id)
