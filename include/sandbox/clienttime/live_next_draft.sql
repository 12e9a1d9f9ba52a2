-- The oldest ordinary draft. Drafts that live_copy_draft.sql makes get ids above the awkward ones.
SELECT i."InvoiceID"::text AS source_id
FROM "Invoice" AS i JOIN "Department" AS d USING ("DepartmentID")
WHERE i."ApprovalStatus" = 0 AND i."ApprovalWithdrawnAt" IS NULL AND i."InvoiceID" <> ALL (%(awkward)s::integer[])
  AND (%(departments)s::text[] IS NULL OR d."DepartmentCode" = ANY (%(departments)s::text[]))
ORDER BY i."InvoiceID"
LIMIT 1
