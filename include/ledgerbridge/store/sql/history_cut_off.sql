-- What a look has seen, and what was sealed by it, as the last of all; when nothing has a seal that far on any more.
SELECT next_to AS entry_id FROM history_reach
WHERE next_to > coalesce((SELECT max(entry_id) FROM history_seal), 0)
