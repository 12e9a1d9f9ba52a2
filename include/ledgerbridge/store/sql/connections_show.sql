SELECT pg_advisory_lock_shared(hashtext('ledgerbridge.connections/' || %(agreement)s), %(sign)s)
