-- The ordinary linked customer that was left alone longest moves next door.
UPDATE "Customer"
SET "Address1" = %(street)s, "UpdatedAt" = now()
WHERE "CustomerID" = (
    SELECT "CustomerID" FROM "Customer"
    WHERE "ForeignDebitorSystemIdentification" IS NOT NULL AND "CustomerID" < %(first_awkward)s
    ORDER BY "UpdatedAt", "CustomerID"
    LIMIT 1
    FOR UPDATE
)
RETURNING "CustomerID"::text AS source_id, "Name" AS name
