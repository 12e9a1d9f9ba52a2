SELECT number, name, group_name, vat_rate, is_barred, made_by IS NOT NULL AS is_in_use, made_by, made_at, true AS is_there
FROM product LEFT JOIN product_in_use USING (integration, number)
WHERE integration = %(integration)s AND number = %(number)s
