DELETE FROM linking_refusal WHERE integration = %(integration)s AND source_id = %(source_id)s AND target_id = %(target_id)s
