SELECT position, chain_hash FROM history_seal ORDER BY position DESC LIMIT 1
