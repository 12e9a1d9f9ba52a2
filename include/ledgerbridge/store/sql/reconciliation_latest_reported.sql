-- The newest finished reconciliation of a kind that has a report to show.
SELECT r.*
FROM reconciliation r
WHERE r.integration = %(integration)s AND r.kind = %(kind)s AND r.finished_at IS NOT NULL
  AND EXISTS (SELECT FROM reconciliation_report p WHERE r.reconciliation_id = ANY (p.covers))
ORDER BY r.reconciliation_id DESC
LIMIT 1
