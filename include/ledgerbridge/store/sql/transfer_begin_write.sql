WITH begun AS (
    UPDATE transfer
    SET state = 'sending', reason = NULL, waits_for = NULL, step = %(step)s, generation = %(generation)s,
        request_method = %(method)s, request_path = %(path)s, request_body = %(body)s, idempotency_key = %(key)s,
        first_sent_at = CASE WHEN idempotency_key = %(key)s THEN first_sent_at ELSE clock_timestamp() END,
        last_sent_at = clock_timestamp(), settled_at = NULL
    WHERE transfer_id = %(transfer_id)s AND state NOT IN ('delivered', 'unchanged', 'ignored', 'withdrawn')
    RETURNING transfer_id, record_id, integration, module, source_id, request_body, first_sent_at, last_sent_at
), forgotten AS (
    -- Until its answer is kept nobody knows what the target shows: an older revision that comes back (A, B, A) must
    -- not be taken for what stands there already.
    UPDATE link SET fingerprint = NULL FROM begun
    WHERE link.record_id = begun.record_id AND link.fingerprint IS NOT NULL AND %(is_replacing)s
), noted AS (
    INSERT INTO history (integration, module, source_id, transfer_id, event, run_id, actor, detail, sent)
    SELECT integration, module, source_id, transfer_id, %(event)s, %(run_id)s, %(actor)s, %(detail)s, request_body
    FROM begun
)
SELECT first_sent_at, last_sent_at FROM begun
