-- The lines of many invoices.
SELECT faktura_id::text   AS source_id,
       linje_id::text     AS line_id,
       nr                 AS line_number,
       tekst              AS description,
       trim_scale(coalesce(antal, 0)) AS quantity,
       enhed              AS unit,
       trim_scale(coalesce(pris, 0))  AS unit_price,
       0::numeric         AS discount_percentage,
       coalesce(netto, 0) AS net_amount,
       CASE WHEN momsfri THEN 'exempt' ELSE 'standard' END AS vat_code,
       NULL::numeric      AS vat_rate,
       antal IS NULL      AS is_text
FROM fakturalinje
WHERE faktura_id = ANY (%(ids)s::integer[])
ORDER BY faktura_id, nr
