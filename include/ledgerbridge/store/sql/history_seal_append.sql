INSERT INTO history_seal (position, entry_id, entry_hash, chain_hash)
SELECT * FROM unnest(%(positions)s::bigint[], %(entry_ids)s::bigint[], %(entry_hashes)s::text[], %(chain_hashes)s::text[])
