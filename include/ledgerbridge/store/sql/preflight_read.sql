-- ``was_misled``: since then something was booked otherwise than had been foretold by what was found.
SELECT p.*, EXISTS (
    SELECT FROM archive a WHERE a.integration = p.integration AND a.foretold_wrongly_at > p.checked_at
) AS was_misled
FROM preflight p WHERE p.integration = %(integration)s
