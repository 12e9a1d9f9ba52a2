SELECT slot FROM unnest(%(slots)s::integer[]) AS slot
WHERE pg_try_advisory_lock(hashtext('ledgerbridge.connections/' || %(agreement)s), slot)
