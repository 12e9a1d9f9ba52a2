UPDATE run SET records_read = records_read + %(records)s, read_at = now() WHERE run_id = %(run_id)s
