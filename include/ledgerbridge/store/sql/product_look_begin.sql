INSERT INTO product_look (integration, looked_at, looked_by) VALUES (%(integration)s, now(), %(actor)s)
ON CONFLICT (integration) DO UPDATE SET looked_at = excluded.looked_at, looked_by = excluded.looked_by
