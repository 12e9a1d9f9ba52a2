SELECT started_at, calls FROM run WHERE run_id = %(run_id)s
