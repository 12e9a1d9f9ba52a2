INSERT INTO confirmation (integration, item, confirmed_by, facts)
VALUES (%(integration)s, %(item)s, %(actor)s, %(facts)s)
ON CONFLICT (integration, item) DO UPDATE
SET confirmed_by = excluded.confirmed_by, confirmed_at = now(), facts = excluded.facts
