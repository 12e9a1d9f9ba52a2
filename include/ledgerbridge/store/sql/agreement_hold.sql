INSERT INTO agreement (agreement, held_since, hold_reason, probed_at)
VALUES (%(agreement)s, now(), %(reason)s, now())
ON CONFLICT (agreement) DO UPDATE
SET held_since = coalesce(agreement.held_since, now()), hold_reason = excluded.hold_reason, probed_at = now()
RETURNING (xmax = 0 OR held_since = now()) AS is_new
