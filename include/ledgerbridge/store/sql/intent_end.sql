UPDATE intent SET ended_at = now(), went_well = %(went_well)s, outcome = %(outcome)s, run_id = %(run_id)s
WHERE intent_id = %(intent_id)s AND ended_at IS NULL
