-- Customers by their newest revision; those of one number when one is given.
SELECT * FROM (
    SELECT DISTINCT ON (record_id) * FROM transfer
    WHERE integration = %(integration)s AND module = 'customers'
    ORDER BY record_id, revision DESC
) newest
WHERE content <> '' AND (%(number)s::text IS NULL OR content::jsonb ->> 'customer_number' = %(number)s)
ORDER BY transfer_id
