UPDATE transfer SET told_at = now(), told_code = reason ->> 'code' WHERE transfer_id = ANY(%(transfer_ids)s)
