SELECT started_at FROM run WHERE run_id = %(run_id)s
