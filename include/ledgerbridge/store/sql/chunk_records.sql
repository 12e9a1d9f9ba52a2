SELECT DISTINCT t.record_id FROM transfer t JOIN chunk_member m USING (transfer_id)
WHERE m.run_id = %(run_id)s AND m.chunk = %(chunk)s
