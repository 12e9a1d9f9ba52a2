-- What this run answers for and nobody holds any more.
SELECT t.transfer_id, t.state, t.step FROM record r
JOIN transfer t USING (record_id)
JOIN chunk_member m ON m.transfer_id = t.transfer_id
WHERE m.run_id = %(run_id)s AND t.state IN ('staged', 'sending')
FOR NO KEY UPDATE OF r SKIP LOCKED
