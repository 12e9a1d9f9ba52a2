SELECT s.position, s.entry_id, s.entry_hash, s.chain_hash, h::text AS row_text, h.at
FROM history_seal s LEFT JOIN history h USING (entry_id)
WHERE s.position > %(after)s ORDER BY s.position LIMIT %(limit)s
