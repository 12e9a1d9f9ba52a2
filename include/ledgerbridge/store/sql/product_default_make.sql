INSERT INTO product_default (integration, vat_code, connection, number, made_by)
VALUES (%(integration)s, %(vat_code)s, %(connection)s, %(number)s, %(actor)s)
ON CONFLICT (integration, vat_code) DO UPDATE
SET connection = excluded.connection, number = excluded.number, made_by = excluded.made_by, made_at = now()
