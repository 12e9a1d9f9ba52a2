-- The newest reports stay, and the last of every month for good.
WITH aged AS (
    SELECT reconciliation_id,
           row_number() OVER (PARTITION BY kind ORDER BY reconciliation_id DESC) AS age,
           row_number() OVER (
               PARTITION BY kind, date_trunc('month', finished_at AT TIME ZONE 'Europe/Copenhagen')
               ORDER BY reconciliation_id DESC
           ) AS age_in_month
    FROM reconciliation
    WHERE integration = %(integration)s AND finished_at IS NOT NULL
)
DELETE FROM reconciliation_report p
USING aged a
WHERE p.reconciliation_id = a.reconciliation_id AND a.age > %(keep)s AND a.age_in_month > 1
