SELECT t.* FROM transfer t JOIN chunk_member m USING (transfer_id)
WHERE m.run_id = %(run_id)s AND (%(chunk)s::integer IS NULL OR m.chunk = %(chunk)s)
  AND (%(states)s::transfer_state[] IS NULL OR t.state = ANY(%(states)s::transfer_state[]))
ORDER BY t.transfer_id
