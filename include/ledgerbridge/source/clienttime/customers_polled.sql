-- Customers touched after a time, for databases that may not have triggers. A deleted one leaves no trace here.
WITH touched AS (
    SELECT "CustomerID" AS id, greatest(c."UpdatedAt", d."UpdatedAt") AS changed_at
    FROM "Customer" AS c JOIN "Department" AS d USING ("DepartmentID")
    WHERE c."UpdatedAt" > %(since)s::timestamptz OR d."UpdatedAt" > %(since)s::timestamptz
)
SELECT id::text AS source_id, changed_at
FROM touched
WHERE %(after_time)s::timestamptz IS NULL
   OR (changed_at, id) > (%(after_time)s::timestamptz, %(after_id)s::integer)
ORDER BY changed_at, id
LIMIT %(limit)s
