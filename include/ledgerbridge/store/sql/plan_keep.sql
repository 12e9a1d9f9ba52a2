INSERT INTO plan (integration, made_by, plan_hash, counts, items)
VALUES (%(integration)s, %(actor)s, %(plan_hash)s, %(counts)s, %(items)s)
RETURNING plan_id
