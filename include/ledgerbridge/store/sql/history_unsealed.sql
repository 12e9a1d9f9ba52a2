-- The row as text is what is hashed: every column, in the database's own words.
SELECT h.entry_id, h::text AS row_text FROM history h
-- Numbers are given before commits, so a late entry may be lower than a sealed one; never by a million.
WHERE h.entry_id > coalesce((SELECT max(entry_id) FROM history_seal), 0) - 1000000
  AND NOT EXISTS (SELECT 1 FROM history_seal s WHERE s.entry_id = h.entry_id)
ORDER BY h.entry_id LIMIT %(limit)s
