-- The newest finished ones, newest first.
SELECT *
FROM reconciliation
WHERE integration = %(integration)s AND kind = %(kind)s AND finished_at IS NOT NULL
  AND (%(up_to)s::bigint IS NULL OR reconciliation_id <= %(up_to)s)
ORDER BY reconciliation_id DESC
LIMIT %(at_most)s
