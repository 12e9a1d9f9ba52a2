-- The oldest ordinary draft. Drafts that live_copy_draft.sql makes get ids above the awkward ones.
SELECT "InvoiceID"::text AS source_id
FROM "Invoice"
WHERE "ApprovalStatus" = 0 AND "ApprovalWithdrawnAt" IS NULL AND "InvoiceID" <> ALL (%(awkward)s::integer[])
ORDER BY "InvoiceID"
LIMIT 1
