UPDATE transfer SET told_at = now() WHERE transfer_id = ANY(%(transfer_ids)s)
