-- The ordinary linked customer, of these departments if any are named, that was left alone longest moves next door.
UPDATE "Customer"
SET "Address1" = %(street)s, "UpdatedAt" = now()
WHERE "CustomerID" = (
    SELECT c."CustomerID" FROM "Customer" AS c JOIN "Department" AS d USING ("DepartmentID")
    WHERE c."ForeignDebitorSystemIdentification" IS NOT NULL AND c."CustomerID" < %(first_awkward)s
      AND (%(departments)s::text[] IS NULL OR d."DepartmentCode" = ANY (%(departments)s::text[]))
    ORDER BY c."UpdatedAt", c."CustomerID"
    LIMIT 1
    FOR UPDATE OF c
)
RETURNING "CustomerID"::text AS source_id, "Name" AS name
