-- The row as text is what is hashed: every column, in the database's own words.
SELECT h.entry_id, h::text AS row_text FROM history h
WHERE h.entry_id > greatest((SELECT whole_to FROM history_reach), %(after)s)
  AND NOT EXISTS (SELECT 1 FROM history_seal s WHERE s.entry_id = h.entry_id)
ORDER BY h.entry_id LIMIT %(limit)s
