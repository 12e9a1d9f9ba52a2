-- Nothing that belongs here is without a seal so far back.
SELECT h.entry_id FROM history h
WHERE h.entry_id <= coalesce((SELECT whole_to FROM history_reach), 0)
  AND NOT EXISTS (SELECT 1 FROM history_seal s WHERE s.entry_id = h.entry_id)
ORDER BY h.entry_id
