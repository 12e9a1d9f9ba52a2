-- Only as long as nobody has begun to carry it out; and by whoever asked for it. A row says that there is such a wish.
WITH withdrawn AS (
    UPDATE intent SET ended_at = now(), went_well = false, outcome = %(outcome)s
    WHERE intent_id = %(intent_id)s AND integration = %(integration)s AND asked_by = %(actor)s
      AND ended_at IS NULL AND attempts = 0
    RETURNING intent_id
)
SELECT EXISTS (SELECT FROM withdrawn) AS is_withdrawn
FROM intent WHERE intent_id = %(intent_id)s AND integration = %(integration)s AND asked_by = %(actor)s
