-- It begins again at the validation: what was made of it before is not sent.
UPDATE transfer SET state = 'staged', payload = NULL, reason = NULL, waits_for = NULL, settled_at = NULL
WHERE transfer_id = %(transfer_id)s
