-- Half an hour more, and the document's totals with it (round() on numeric is half away from zero).
WITH line AS (
    INSERT INTO "InvoiceLine" (
        "InvoiceID", "LineNumber", "Text", "Quantity", "Unit", "UnitPrice", "NetAmount", "VatRate", "WorkTypeID"
    )
    SELECT %(source_id)s::integer, coalesce(max("LineNumber"), 0) + 1, 'Efterfølgende telefonmøde', 0.5, 'timer', 1150, 575,
           25, 5
    FROM "InvoiceLine" WHERE "InvoiceID" = %(source_id)s::integer
    RETURNING "NetAmount"
), earlier AS (
    SELECT coalesce(sum("NetAmount") FILTER (WHERE "VatCode" = 'M'), 0) AS with_vat, coalesce(sum("NetAmount"), 0) AS net
    FROM "InvoiceLine" WHERE "InvoiceID" = %(source_id)s::integer
)
UPDATE "Invoice"
SET "NetAmount" = earlier.net + line."NetAmount",
    "VatAmount" = round((earlier.with_vat + line."NetAmount") * 0.25, 2),
    "GrossAmount" = earlier.net + line."NetAmount" + round((earlier.with_vat + line."NetAmount") * 0.25, 2),
    "UpdatedAt" = now()
FROM line, earlier
WHERE "InvoiceID" = %(source_id)s::integer AND "VatTreatment" = 'DK'
RETURNING "InvoiceID"::text AS source_id, "InvoiceNumber" AS name
