-- Takes the accounts' data over; what is NULL stays as it is. Returns the row if there is one.
UPDATE kunde
SET navn       = coalesce(%(name)s, navn),
    adresse    = coalesce(nullif(concat_ws(E'\n', %(address_line_1)s::text, %(address_line_2)s::text,
                                           %(address_line_3)s::text), ''), adresse),
    postnummer = coalesce(%(zip)s, postnummer),
    bynavn     = coalesce(%(city)s, bynavn),
    land       = coalesce(%(country)s, land),
    telefon    = coalesce(%(phone)s, telefon),
    email      = coalesce(%(email)s, email),
    cvr        = coalesce(%(cvr_number)s, cvr),
    ean        = coalesce(%(gln)s, ean),
    valuta     = coalesce(%(currency)s, valuta)
WHERE kunde_id = %(source_id)s::integer
RETURNING kunde_id::text AS source_id
