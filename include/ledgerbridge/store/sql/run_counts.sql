SELECT t.state::text AS state, count(*) AS transfers FROM transfer t
WHERE t.transfer_id IN (SELECT m.transfer_id FROM chunk_member m WHERE m.run_id = %(run_id)s)
GROUP BY t.state ORDER BY t.state
