-- Which of these were read there since then, and were not as foretold.
SELECT record_id, foretold_wrongly AS reason FROM archive
WHERE record_id = ANY(%(record_ids)s) AND foretold_wrongly_at >= %(since)s
ORDER BY record_id
