SELECT position, entry_id, chain_hash, sealed_at FROM history_seal ORDER BY position DESC LIMIT 1
