UPDATE transfer SET payload = %(payload)s WHERE transfer_id = %(transfer_id)s
