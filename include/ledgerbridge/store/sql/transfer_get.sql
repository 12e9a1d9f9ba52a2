SELECT * FROM transfer WHERE transfer_id = %(transfer_id)s
