-- Who holds it: the row lock lives as long as the holder's connection. What another holds is left out.
SELECT record_id FROM record WHERE record_id = ANY(%(record_ids)s) ORDER BY record_id FOR NO KEY UPDATE SKIP LOCKED
