-- Customers by their newest revision; those of one number when one is given.
SELECT * FROM transfer
WHERE integration = %(integration)s AND module = 'customers' AND is_newest AND content <> ''
  AND (%(number)s::text IS NULL OR content::jsonb ->> 'customer_number' = %(number)s)
ORDER BY transfer_id
