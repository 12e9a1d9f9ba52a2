-- Counted before it is carried out, so that one that ends its process does not begin for ever.
UPDATE intent SET attempts = attempts + 1 WHERE intent_id = %(intent_id)s AND ended_at IS NULL
RETURNING attempts, asked_at < now() - interval '1 hour' AS is_old
