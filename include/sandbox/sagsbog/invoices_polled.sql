-- Approved invoices touched after a time. The program touches the invoice whenever it touches a line.
SELECT faktura_id::text AS source_id, rettet AS changed_at
FROM faktura
WHERE rettet > %(since)s::timestamptz
  AND (%(after_time)s::timestamptz IS NULL
       OR (rettet, faktura_id) > (%(after_time)s::timestamptz, %(after_id)s::integer))
ORDER BY rettet, faktura_id
LIMIT %(limit)s
