UPDATE agreement SET held_since = NULL, hold_reason = NULL WHERE agreement = %(agreement)s AND held_since IS NOT NULL
