SELECT coalesce(sum(calls), 0)::integer AS calls, coalesce(sum(cost), 0)::integer AS cost
FROM agreement_calls WHERE agreement = %(agreement)s AND hour > now() - interval '24 hours'
