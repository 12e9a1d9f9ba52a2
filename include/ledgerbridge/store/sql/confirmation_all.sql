SELECT * FROM confirmation WHERE integration = %(integration)s ORDER BY item
