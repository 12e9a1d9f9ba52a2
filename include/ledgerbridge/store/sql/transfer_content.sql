UPDATE transfer SET content = %(content)s WHERE transfer_id = %(transfer_id)s
