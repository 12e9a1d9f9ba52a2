UPDATE run SET settled_at = clock_timestamp(), counts = %(counts)s WHERE run_id = %(run_id)s
