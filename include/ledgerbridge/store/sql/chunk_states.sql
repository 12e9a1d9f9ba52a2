SELECT t.state, count(*)::integer AS transfers FROM transfer t JOIN chunk_member m USING (transfer_id)
WHERE m.run_id = %(run_id)s AND m.chunk = %(chunk)s
GROUP BY t.state ORDER BY t.state
