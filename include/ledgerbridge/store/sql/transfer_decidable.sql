-- Newest revisions that a person may decide on, and those that were decided on.
SELECT * FROM (
    SELECT DISTINCT ON (record_id) * FROM transfer
    WHERE integration = %(integration)s AND module = 'invoices'
    ORDER BY record_id, revision DESC
) newest
WHERE (state IN ('rejected', 'waiting') AND step IS NULL) OR accepted_by IS NOT NULL
   OR (state = 'ignored' AND reason ->> 'code' = 'set_aside_by_person')
ORDER BY transfer_id
