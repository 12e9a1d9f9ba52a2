-- A definite outcome with which the transfer is delivered: transfer_end_write and the state, in one row version.
WITH delivered AS (
    UPDATE transfer
    SET state = 'delivered', step = NULL, generation = generation + 1, request_method = NULL, request_path = NULL,
        request_body = NULL, idempotency_key = NULL, first_sent_at = NULL, target_draft = %(target_draft)s,
        reason = NULL, waits_for = NULL, told_at = NULL, settled_at = now()
    WHERE transfer_id = %(transfer_id)s
    RETURNING transfer_id, integration, module, source_id
)
INSERT INTO history (integration, module, source_id, transfer_id, event, run_id, actor, detail)
SELECT integration, module, source_id, transfer_id, %(event)s, %(run_id)s, %(actor)s, %(detail)s
FROM delivered
