INSERT INTO preflight (integration, settings_hash, passed, resolved, items)
VALUES (%(integration)s, %(settings_hash)s, %(passed)s, %(resolved)s, %(items)s)
ON CONFLICT (integration) DO UPDATE
SET settings_hash = excluded.settings_hash, passed = excluded.passed, resolved = excluded.resolved,
    items = excluded.items, checked_at = now()
