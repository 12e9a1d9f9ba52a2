-- A definite outcome: the step is over, and the next write gets a key of its own.
UPDATE transfer
SET state = 'staged', step = NULL, generation = generation + 1, request_method = NULL, request_path = NULL,
    request_body = NULL, idempotency_key = NULL, first_sent_at = NULL, target_draft = %(target_draft)s
WHERE transfer_id = %(transfer_id)s
