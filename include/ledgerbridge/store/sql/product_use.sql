INSERT INTO product_in_use (integration, number, made_by) VALUES (%(integration)s, %(number)s, %(actor)s)
ON CONFLICT (integration, number) DO NOTHING
