-- Approved invoices and credit notes, a page at a time, dated %(since)s or later when that is given.
SELECT faktura_id::text AS source_id
FROM faktura
WHERE godkendt IS NOT NULL
  AND (%(after)s::integer IS NULL OR faktura_id > %(after)s::integer)
  AND (%(since)s::date IS NULL OR dato >= %(since)s::date)
ORDER BY faktura_id
LIMIT %(limit)s
