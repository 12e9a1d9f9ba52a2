SELECT s.position, s.entry_id, s.entry_hash, s.chain_hash, h::text AS row_text,
       -- What was written is sealed by the next run that settles. An entry that is older than the seals before its own
       -- was not there then: an hour is far more than any transaction takes.
       h.at < (SELECT b.sealed_at FROM history_seal b WHERE b.position < s.position ORDER BY b.position DESC LIMIT 1)
              - interval '1 hour' AS is_backdated
FROM history_seal s LEFT JOIN history h USING (entry_id)
WHERE s.position > %(after)s ORDER BY s.position LIMIT %(limit)s
