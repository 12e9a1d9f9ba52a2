INSERT INTO history_seal (position, entry_id, entry_hash, chain_hash)
VALUES (%(position)s, %(entry_id)s, %(entry_hash)s, %(chain_hash)s)
