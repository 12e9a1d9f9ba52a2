INSERT INTO chunk_member (run_id, chunk, transfer_id)
SELECT %(run_id)s, %(chunk)s, unnest(%(transfer_ids)s::bigint[])
ON CONFLICT DO NOTHING
