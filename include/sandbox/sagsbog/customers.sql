-- Customers by id, in the canonical columns.
SELECT kunde_id::text AS source_id,
       nummer         AS customer_number,
       navn           AS name,
       split_part(adresse, E'\n', 1) AS address_line_1,
       split_part(adresse, E'\n', 2) AS address_line_2,
       split_part(adresse, E'\n', 3) AS address_line_3,
       postnummer     AS zip,
       bynavn         AS city,
       land           AS country,
       telefon        AS phone,
       email,
       cvr            AS cvr_number,
       ean            AS gln,
       valuta         AS currency,
       regnskab_nr    AS target_number
FROM kunde
WHERE kunde_id = ANY (%(ids)s::integer[])
ORDER BY kunde_id
