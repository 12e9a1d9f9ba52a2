SELECT pg_advisory_unlock_shared(hashtext('ledgerbridge.connections/' || %(agreement)s), %(sign)s)
