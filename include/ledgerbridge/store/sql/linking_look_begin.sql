-- A new look takes the place of the former, all in one transaction.
INSERT INTO linking_look (integration, looked_at, looked_by, targets) VALUES (%(integration)s, now(), %(actor)s, %(targets)s)
ON CONFLICT (integration) DO UPDATE
SET looked_at = excluded.looked_at, looked_by = excluded.looked_by, targets = excluded.targets
