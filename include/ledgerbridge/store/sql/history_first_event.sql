SELECT at FROM history WHERE transfer_id = %(transfer_id)s AND event = %(event)s ORDER BY entry_id LIMIT 1
