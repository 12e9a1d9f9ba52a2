-- Invoices touched after a time, themselves or one of their lines, once they were approved; a withdrawal of the
-- approval too. A line that was deleted shows only if the application touched its invoice.
WITH touched AS (
    SELECT "InvoiceID" AS id, "UpdatedAt" AS changed_at
    FROM "Invoice" WHERE "UpdatedAt" > %(since)s::timestamptz
    UNION ALL
    SELECT "InvoiceID", "UpdatedAt"
    FROM "InvoiceLine" WHERE "UpdatedAt" > %(since)s::timestamptz
    UNION ALL
    SELECT l."InvoiceID", p."UpdatedAt"
    FROM "InvoiceLinePart" AS p JOIN "InvoiceLine" AS l USING ("InvoiceLineID")
    WHERE p."UpdatedAt" > %(since)s::timestamptz
    UNION ALL
    SELECT i."InvoiceID", d."UpdatedAt"
    FROM "Department" AS d JOIN "Invoice" AS i USING ("DepartmentID")
    WHERE d."UpdatedAt" > %(since)s::timestamptz
    UNION ALL
    SELECT i."InvoiceID", v."UpdatedAt"
    FROM "Division" AS v JOIN "Department" USING ("DivisionID") JOIN "Invoice" AS i USING ("DepartmentID")
    WHERE v."UpdatedAt" > %(since)s::timestamptz
    UNION ALL
    SELECT i."InvoiceID", t."UpdatedAt"
    FROM "Team" AS t JOIN "Invoice" AS i USING ("TeamID")
    WHERE t."UpdatedAt" > %(since)s::timestamptz
), latest AS (
    SELECT t.id, max(t.changed_at) AS changed_at
    FROM touched AS t JOIN "Invoice" AS i ON i."InvoiceID" = t.id
    WHERE i."ApprovalStatus" = 1 OR i."ApprovalWithdrawnAt" IS NOT NULL
    GROUP BY t.id
)
SELECT id::text AS source_id, changed_at
FROM latest
WHERE %(after_time)s::timestamptz IS NULL
   OR (changed_at, id) > (%(after_time)s::timestamptz, %(after_id)s::integer)
ORDER BY changed_at, id
LIMIT %(limit)s
