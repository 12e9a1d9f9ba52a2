-- Every record's present state: its newest revision's (P16).
SELECT state::text AS state, count(*) AS records FROM (
    SELECT DISTINCT ON (record_id) record_id, state FROM transfer
    WHERE integration = %(integration)s AND module = %(module)s
    ORDER BY record_id, revision DESC
) newest GROUP BY state ORDER BY state
