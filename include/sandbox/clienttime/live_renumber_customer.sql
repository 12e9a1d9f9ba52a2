-- Another customer number for the same customer (CT-16).
UPDATE "Customer"
SET "CustomerCode" = %(customer_code)s, "UpdatedAt" = now()
WHERE "CustomerID" = %(source_id)s::integer
RETURNING "CustomerID"::text AS source_id, "Name" AS name
