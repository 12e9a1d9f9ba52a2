INSERT INTO linking_refusal (integration, target_id, source_id, refused_by)
VALUES (%(integration)s, %(target_id)s, %(source_id)s, %(actor)s)
ON CONFLICT DO NOTHING
