-- Pairs that agree are the bulk of what is stored. The newest reconciliations keep them; of older ones
-- the counts, the totals, everything that is not plain agreement, and the reports stay.
WITH newest AS (
    SELECT reconciliation_id,
           row_number() OVER (PARTITION BY kind ORDER BY reconciliation_id DESC) AS age
    FROM reconciliation
    WHERE integration = %(integration)s AND finished_at IS NOT NULL
)
DELETE FROM reconciliation_item i
USING newest n
WHERE i.reconciliation_id = n.reconciliation_id AND n.age > %(keep)s AND i.standing IN ('agrees', 'outside')
