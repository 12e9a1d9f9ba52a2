-- Invoices and credit notes by id, without their lines, in the canonical columns. An unknown code goes through
-- as it stands, and is refused by name where the record is made.
SELECT i."InvoiceID"::text AS source_id,
       CASE i."InvoiceType" WHEN 1 THEN 'invoice' WHEN 2 THEN 'credit_note' ELSE i."InvoiceType"::text END AS document_type,
       i."ApprovalStatus" = 1 AS is_approved,
       i."ApprovedAt"         AS approved_at,
       i."InvoiceNumber"      AS invoice_number,
       i."InvoiceDate"        AS invoice_date,
       i."DueDate"            AS due_date,
       i."CustomerID"::text   AS customer_source_id,
       i."CustomerCode"       AS customer_number,
       i."RecipientName"      AS recipient_name,
       i."RecipientAddress"   AS recipient_address,
       i."RecipientZipCode"   AS recipient_zip,
       i."RecipientCity"      AS recipient_city,
       i."RecipientCountry"   AS recipient_country,
       i."RecipientEAN"       AS recipient_gln,
       i."CurrencyCode"       AS currency,
       trim_scale(i."ExchangeRate") AS exchange_rate,
       i."NetAmount"          AS net_amount,
       i."VatAmount"          AS vat_amount,
       i."GrossAmount"        AS gross_amount,
       CASE i."VatTreatment" WHEN 'DK' THEN 'domestic' WHEN 'EU' THEN 'eu_reverse_charge' WHEN 'EXPORT' THEN 'export'
                             ELSE i."VatTreatment" END AS vat_treatment,
       -- Both are the customer's own: order number first, then the person (public customers ask for both).
       concat_ws(' / ', nullif(trim(i."RequisitionNumber"), ''), nullif(trim(i."YourReference"), '')) AS customer_reference,
       i."Heading"            AS heading,
       i."Text"               AS text,
       t."TeamCode"           AS team,
       d."DepartmentCode"     AS department,
       v."DivisionCode"       AS division,
       i."CreditedInvoiceID"::text AS original_source_id,
       o."InvoiceNumber"      AS original_invoice_number,
       i."ForeignInvoiceNumber" AS target_number
FROM "Invoice" AS i
JOIN "Department" AS d USING ("DepartmentID")
LEFT JOIN "Team" AS t ON t."TeamID" = i."TeamID"
LEFT JOIN "Division" AS v ON v."DivisionID" = d."DivisionID"
LEFT JOIN "Invoice" AS o ON o."InvoiceID" = i."CreditedInvoiceID"
WHERE i."InvoiceID" = ANY (%(ids)s::integer[])
ORDER BY i."InvoiceID"
