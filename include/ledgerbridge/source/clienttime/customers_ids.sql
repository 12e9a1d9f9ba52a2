-- All customers, a page at a time. %(since)s does not apply: a customer has no date.
SELECT "CustomerID"::text AS source_id
FROM "Customer"
WHERE (%(after)s::integer IS NULL OR "CustomerID" > %(after)s::integer)
  AND (%(since)s::date IS NULL OR true)
ORDER BY "CustomerID"
LIMIT %(limit)s
