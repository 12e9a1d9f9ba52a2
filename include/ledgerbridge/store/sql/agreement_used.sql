-- Counted by the hour: 25 of them surely hold the last 24 hours.
SELECT coalesce(sum(calls), 0)::integer AS calls, coalesce(sum(cost), 0)::integer AS cost
FROM agreement_calls WHERE agreement = %(agreement)s AND hour > now() - interval '25 hours'
