UPDATE transfer SET reason = %(reason)s WHERE transfer_id = %(transfer_id)s AND state = 'delivered'
