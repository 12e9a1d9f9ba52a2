-- Every record's present state: its newest revision's (P16).
SELECT state::text AS state, count(*) AS records FROM transfer
WHERE integration = %(integration)s AND module = %(module)s AND is_newest
GROUP BY state ORDER BY state
