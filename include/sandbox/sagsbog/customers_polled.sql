-- Customers touched after a time, for databases that may not have triggers.
SELECT kunde_id::text AS source_id, rettet AS changed_at
FROM kunde
WHERE rettet > %(since)s::timestamptz
  AND (%(after_time)s::timestamptz IS NULL
       OR (rettet, kunde_id) > (%(after_time)s::timestamptz, %(after_id)s::integer))
ORDER BY rettet, kunde_id
LIMIT %(limit)s
