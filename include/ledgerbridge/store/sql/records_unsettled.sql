SELECT DISTINCT source_id FROM transfer
WHERE integration = %(integration)s AND module = %(module)s
  AND state IN ('staged', 'sending', 'waiting', 'rejected', 'in_doubt')
