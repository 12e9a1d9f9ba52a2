-- All customers, a page at a time. %(since)s does not apply: a customer has no date.
SELECT kunde_id::text AS source_id
FROM kunde
WHERE (%(after)s::integer IS NULL OR kunde_id > %(after)s::integer) AND (%(since)s::date IS NULL OR true)
ORDER BY kunde_id
LIMIT %(limit)s
