-- Invoices and credit notes by id, without their lines, in the canonical columns.
SELECT f.faktura_id::text AS source_id,
       CASE WHEN f.krediterer IS NULL THEN 'invoice' ELSE 'credit_note' END AS document_type,
       f.godkendt IS NOT NULL AS is_approved,
       f.godkendt   AS approved_at,
       f.nummer     AS invoice_number,
       f.dato       AS invoice_date,
       f.forfald    AS due_date,
       k.kunde_id::text AS customer_source_id,
       k.nummer     AS customer_number,
       k.navn       AS recipient_name,
       k.adresse    AS recipient_address,
       k.postnummer AS recipient_zip,
       k.bynavn     AS recipient_city,
       k.land       AS recipient_country,
       k.ean        AS recipient_gln,
       f.valuta     AS currency,
       f.netto      AS net_amount,
       f.moms       AS vat_amount,
       f.netto + f.moms AS gross_amount,
       'domestic'   AS vat_treatment,
       f.emne       AS heading,
       f.krediterer::text AS original_source_id,
       o.nummer     AS original_invoice_number,
       f.regnskab_nr AS target_number
FROM faktura AS f
JOIN kunde AS k USING (kunde_id)
LEFT JOIN faktura AS o ON o.faktura_id = f.krediterer
WHERE f.faktura_id = ANY (%(ids)s::integer[])
ORDER BY f.faktura_id
