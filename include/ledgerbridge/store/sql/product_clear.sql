DELETE FROM product WHERE integration = %(integration)s
