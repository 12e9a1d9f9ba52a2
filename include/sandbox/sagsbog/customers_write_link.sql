-- Sets or removes (NULL) the customer's number in the accounts. Returns the row if there is one.
UPDATE kunde SET regnskab_nr = %(target_number)s::text
WHERE kunde_id = %(source_id)s::integer
RETURNING kunde_id::text AS source_id
