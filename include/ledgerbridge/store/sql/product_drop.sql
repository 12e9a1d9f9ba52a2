DELETE FROM product_in_use WHERE integration = %(integration)s AND number = %(number)s
