SELECT * FROM transfer
WHERE record_id = ANY(%(record_ids)s) AND state IN ('staged', 'sending', 'in_doubt', 'waiting', 'rejected')
ORDER BY record_id, revision
