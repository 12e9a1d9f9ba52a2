SELECT * FROM history WHERE transfer_id = %(transfer_id)s ORDER BY entry_id
