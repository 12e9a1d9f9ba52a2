-- The approval: the next number of the series, unless it has one from an approval before.
UPDATE "Invoice"
SET "ApprovalStatus" = 1, "ApprovedAt" = now(), "ApprovedByID" = "EmployeeID", "UpdatedAt" = now(), "ApprovalWithdrawnAt" = NULL,
    "InvoiceNumber" = coalesce("InvoiceNumber", (SELECT max("InvoiceNumber"::bigint) + 1 FROM "Invoice")::text)
WHERE "InvoiceID" = %(source_id)s::integer
RETURNING "InvoiceID"::text AS source_id, "InvoiceNumber" AS name
