SELECT pg_advisory_unlock(hashtext('ledgerbridge.staging'), hashtext(%(integration)s || '/' || %(module)s))
