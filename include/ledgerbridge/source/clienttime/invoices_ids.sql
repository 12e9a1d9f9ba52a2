-- Approved invoices and credit notes, a page at a time, dated %(since)s or later when that is given.
SELECT "InvoiceID"::text AS source_id
FROM "Invoice"
WHERE "ApprovalStatus" = 1
  AND (%(after)s::integer IS NULL OR "InvoiceID" > %(after)s::integer)
  AND (%(since)s::date IS NULL OR "InvoiceDate" >= %(since)s::date)
ORDER BY "InvoiceID"
LIMIT %(limit)s
