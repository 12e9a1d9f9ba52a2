DELETE FROM product_default WHERE integration = %(integration)s AND vat_code = %(vat_code)s
