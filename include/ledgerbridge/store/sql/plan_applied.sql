UPDATE plan SET applied_at = now(), applied_by = %(actor)s WHERE plan_id = %(plan_id)s
