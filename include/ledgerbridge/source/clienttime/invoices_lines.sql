-- The lines of many invoices with their parts: one row per part, and one per line that has none.
-- Columns that begin with part_ are the part's; part_net_amount is NULL where there is no part.
SELECT l."InvoiceID"::text     AS source_id,
       l."InvoiceLineID"::text AS line_id,
       l."LineNumber"          AS line_number,
       coalesce(l."Text", '')  AS description,
       trim_scale(l."Quantity")  AS quantity,
       l."Unit"                AS unit,
       trim_scale(l."UnitPrice") AS unit_price,
       trim_scale(l."DiscountPercent") AS discount_percentage,
       l."NetAmount"           AS net_amount,
       CASE l."VatCode" WHEN 'M' THEN 'standard' WHEN 'F' THEN 'exempt' ELSE l."VatCode" END AS vat_code,
       trim_scale(l."VatRate") AS vat_rate,
       l."LineType" = 2        AS is_text,
       coalesce(p."Text", '')  AS part_description,
       trim_scale(p."Quantity")  AS part_quantity,
       trim_scale(p."UnitPrice") AS part_unit_price,
       p."NetAmount"           AS part_net_amount,
       CASE p."VatCode" WHEN 'M' THEN 'standard' WHEN 'F' THEN 'exempt' ELSE p."VatCode" END AS part_vat_code,
       trim_scale(p."VatRate") AS part_vat_rate
FROM "InvoiceLine" AS l
LEFT JOIN "InvoiceLinePart" AS p USING ("InvoiceLineID")
WHERE l."InvoiceID" = ANY (%(ids)s::integer[])
ORDER BY l."InvoiceID", l."LineNumber", l."InvoiceLineID", p."PartNumber"
