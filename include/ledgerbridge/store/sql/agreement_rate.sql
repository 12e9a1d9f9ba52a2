INSERT INTO agreement (agreement, rate_used, rate_limit, rate_seen_at)
VALUES (%(agreement)s, %(used)s, %(limit)s, now())
ON CONFLICT (agreement) DO UPDATE SET rate_used = %(used)s, rate_limit = %(limit)s, rate_seen_at = now()
