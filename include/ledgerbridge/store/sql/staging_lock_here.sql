-- The lock of staging_lock.sql, until the transaction ends.
SELECT pg_advisory_xact_lock(hashtext('ledgerbridge.staging'), hashtext(%(integration)s || '/' || %(module)s))
