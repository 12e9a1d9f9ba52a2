-- The row as text is what is hashed: every column, in the database's own words.
SELECT h.entry_id, h::text AS row_text FROM history h
WHERE h.entry_id > greatest((SELECT whole_to FROM history_reach), %(after)s)
  -- Asked entry by entry: as an anti-join it is planned for the whole table where statistics are old.
  AND (SELECT s.position FROM history_seal s WHERE s.entry_id = h.entry_id) IS NULL
ORDER BY h.entry_id LIMIT %(limit)s
