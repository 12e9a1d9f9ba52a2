-- A person changed their mind: the document is a draft again, and keeps its number.
UPDATE "Invoice"
SET "ApprovalStatus" = 0, "ApprovedAt" = NULL, "ApprovedByID" = NULL, "ApprovalWithdrawnAt" = now(), "UpdatedAt" = now()
WHERE "InvoiceID" = %(source_id)s::integer
RETURNING "InvoiceID"::text AS source_id, "InvoiceNumber" AS name
