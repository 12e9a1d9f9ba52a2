-- One of all processes may find out whether a held agreement answers again.
UPDATE agreement SET probed_at = now()
WHERE agreement = %(agreement)s AND held_since IS NOT NULL
  AND (probed_at IS NULL OR probed_at < now() - make_interval(secs => %(seconds)s))
