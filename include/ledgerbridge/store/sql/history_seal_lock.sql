SELECT pg_advisory_xact_lock(hashtext('ledgerbridge.history_seal'))
