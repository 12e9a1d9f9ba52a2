INSERT INTO customer_decision (integration, source_id, choice, decided_by)
VALUES (%(integration)s, %(source_id)s, %(choice)s, %(actor)s)
ON CONFLICT (integration, source_id) DO UPDATE
SET choice = excluded.choice, decided_by = excluded.decided_by, decided_at = now()
