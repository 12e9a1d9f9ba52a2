INSERT INTO linking_refusal (record_id, target_id, refused_by) VALUES (%(record_id)s, %(target_id)s, %(actor)s)
ON CONFLICT DO NOTHING
