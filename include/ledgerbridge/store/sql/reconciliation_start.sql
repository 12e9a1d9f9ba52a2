INSERT INTO reconciliation (integration, kind, period_from, period_to, run_id, started_at)
VALUES (%(integration)s, %(kind)s, %(period_from)s, %(period_to)s, %(run_id)s, %(started_at)s)
RETURNING reconciliation_id
