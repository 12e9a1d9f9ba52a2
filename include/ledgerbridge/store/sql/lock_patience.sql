-- Until the transaction ends: who waits longer for a lock gives up.
SELECT set_config('lock_timeout', %(milliseconds)s || 'ms', true)
