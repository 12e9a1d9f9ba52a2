-- Customers by id, in the canonical columns. The country is as typed: countries.yaml makes it a code.
SELECT c."CustomerID"::text AS source_id,
       c."CustomerCode"     AS customer_number,
       c."Name"             AS name,
       c."Address1"         AS address_line_1,
       c."Address2"         AS address_line_2,
       c."Address3"         AS address_line_3,
       c."ZipCode"          AS zip,
       c."City"             AS city,
       c."Country"          AS country,
       c."Phone"            AS phone,
       coalesce(nullif(trim(c."InvoiceEmail"), ''), c."Email") AS email,  -- the invoice's own address goes first
       c."CVR"              AS cvr_number,
       c."EAN"              AS gln,
       c."CurrencyCode"     AS currency,
       d."DepartmentCode"   AS department,
       c."DebtorGroup"      AS debtor_group,
       c."ForeignDebitorSystemIdentification" AS target_number
FROM "Customer" AS c
JOIN "Department" AS d USING ("DepartmentID")
WHERE c."CustomerID" = ANY (%(ids)s::integer[])
ORDER BY c."CustomerID"
