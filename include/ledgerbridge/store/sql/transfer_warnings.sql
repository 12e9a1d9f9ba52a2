UPDATE transfer SET warnings = %(warnings)s WHERE transfer_id = %(transfer_id)s
