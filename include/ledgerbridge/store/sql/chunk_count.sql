SELECT m.chunk, count(*) AS members FROM chunk_member m
WHERE m.run_id = %(run_id)s GROUP BY m.chunk ORDER BY m.chunk
