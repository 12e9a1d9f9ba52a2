-- What the accounting system answered at booking, onto the invoice's row (CT-2, CT-8).
UPDATE "Invoice"
SET "ForeignInvoiceNumber" = %(number)s::text,
    "ForeignNetAmount"     = %(net)s::numeric,
    "ForeignVatAmount"     = %(vat)s::numeric,
    "ForeignGrossAmount"   = %(gross)s::numeric,
    "ForeignBookedAt"      = %(booked_at)s::timestamptz,
    "FiPaymentLine"        = %(payment_line)s::text
WHERE "InvoiceID" = %(source_id)s::integer
RETURNING "InvoiceID"::text AS source_id
