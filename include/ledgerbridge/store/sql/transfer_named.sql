-- Newest revisions of the invoices with these ids, and of those whose content looks as if it had these numbers.
SELECT * FROM (
    SELECT DISTINCT ON (record_id) * FROM transfer
    WHERE integration = %(integration)s AND module = 'invoices'
    ORDER BY record_id, revision DESC
) newest
WHERE source_id = ANY(%(named)s) OR content LIKE ANY(%(patterns)s)
ORDER BY transfer_id
