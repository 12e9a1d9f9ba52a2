-- Only what decides whether it is its turn: content and payload are read when it is.
SELECT transfer_id, record_id, module, state, step, waits_for, operation, payload IS NOT NULL AS has_payload
FROM transfer
WHERE record_id = ANY(%(record_ids)s) AND state IN ('staged', 'sending', 'in_doubt', 'waiting', 'rejected')
ORDER BY record_id, revision
