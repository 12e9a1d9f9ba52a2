UPDATE transfer SET idempotency_key = NULL WHERE transfer_id = %(transfer_id)s
