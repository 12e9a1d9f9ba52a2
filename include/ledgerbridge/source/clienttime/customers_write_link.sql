-- Sets or removes (NULL) the customer's number in the accounting system. Returns the row if there is one.
UPDATE "Customer"
SET "ForeignDebitorSystemIdentification" = %(target_number)s::text
WHERE "CustomerID" = %(source_id)s::integer
RETURNING "CustomerID"::text AS source_id
