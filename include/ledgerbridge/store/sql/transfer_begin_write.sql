UPDATE transfer
SET state = 'sending', reason = NULL, waits_for = NULL, step = %(step)s, generation = %(generation)s,
    request_method = %(method)s, request_path = %(path)s, request_body = %(body)s, idempotency_key = %(key)s,
    first_sent_at = CASE WHEN idempotency_key = %(key)s THEN first_sent_at ELSE clock_timestamp() END,
    last_sent_at = clock_timestamp(), settled_at = NULL
WHERE transfer_id = %(transfer_id)s AND state NOT IN ('delivered', 'unchanged', 'ignored', 'withdrawn')
RETURNING *
