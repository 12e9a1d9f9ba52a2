-- Makes a customer who is in the accounts already, linked from the start. One that is linked to that number is the
-- answer too, so that the same call may be made again; no row: the customer number is somebody else's.
WITH made AS (
    INSERT INTO kunde (nummer, navn, adresse, postnummer, bynavn, land, telefon, email, cvr, ean, valuta, regnskab_nr)
    SELECT %(customer_number)s, %(name)s,
           concat_ws(E'\n', %(address_line_1)s::text, %(address_line_2)s::text, %(address_line_3)s::text),
           %(zip)s, %(city)s, coalesce(%(country)s, 'DK'), %(phone)s, %(email)s, %(cvr_number)s, %(gln)s,
           coalesce(%(currency)s, 'DKK'), %(target_number)s
    WHERE NOT EXISTS (SELECT FROM kunde WHERE regnskab_nr = %(target_number)s::text)
    ON CONFLICT (nummer) DO NOTHING
    RETURNING kunde_id
)
SELECT kunde_id::text AS source_id FROM made
UNION ALL
SELECT kunde_id::text FROM kunde WHERE regnskab_nr = %(target_number)s::text
LIMIT 1
