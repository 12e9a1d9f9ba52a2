UPDATE transfer SET last_sent_at = clock_timestamp() WHERE transfer_id = %(transfer_id)s
