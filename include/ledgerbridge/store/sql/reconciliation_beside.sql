-- The other comparison of the same run.
SELECT b.* FROM reconciliation a
JOIN reconciliation b ON b.integration = a.integration AND b.run_id = a.run_id AND b.kind = %(kind)s
                     AND b.finished_at IS NOT NULL
WHERE a.reconciliation_id = %(reconciliation_id)s
ORDER BY abs(b.reconciliation_id - a.reconciliation_id)
LIMIT 1
