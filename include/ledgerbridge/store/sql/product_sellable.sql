-- What may be chosen for a line.
SELECT number, name, group_name, vat_rate, is_barred, true AS is_in_use, made_by, made_at, true AS is_there
FROM product JOIN product_in_use USING (integration, number)
WHERE integration = %(integration)s AND NOT is_barred AND vat_rate IS NOT NULL
ORDER BY length(number), number
