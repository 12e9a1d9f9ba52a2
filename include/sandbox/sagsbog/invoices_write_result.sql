-- What the accounts answered at booking, onto the invoice's row.
UPDATE faktura
SET regnskab_nr    = %(number)s::text,
    regnskab_netto = %(net)s::numeric,
    regnskab_moms  = %(vat)s::numeric,
    regnskab_ialt  = %(gross)s::numeric,
    bogfoert       = %(booked_at)s::timestamptz,
    betalingslinje = %(payment_line)s::text
WHERE faktura_id = %(source_id)s::integer
RETURNING faktura_id::text AS source_id
