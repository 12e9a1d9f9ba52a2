SELECT pg_advisory_lock(hashtext('ledgerbridge.staging'), hashtext(%(integration)s || '/' || %(module)s))
