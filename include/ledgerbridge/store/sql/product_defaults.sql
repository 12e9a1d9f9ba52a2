SELECT vat_code, number, made_by, made_at FROM product_default
WHERE integration = %(integration)s AND connection = %(connection)s
