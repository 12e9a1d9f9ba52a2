UPDATE run SET records_read = records_read + %(records)s WHERE run_id = %(run_id)s
