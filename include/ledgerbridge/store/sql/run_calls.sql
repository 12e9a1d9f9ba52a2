UPDATE run SET calls = calls + %(calls)s WHERE run_id = %(run_id)s
