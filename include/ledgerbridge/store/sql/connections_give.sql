SELECT pg_advisory_unlock(hashtext('ledgerbridge.connections/' || %(agreement)s), slot)
FROM unnest(%(slots)s::integer[]) AS slot
