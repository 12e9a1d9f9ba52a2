SELECT looked_at, looked_by FROM product_look WHERE integration = %(integration)s
