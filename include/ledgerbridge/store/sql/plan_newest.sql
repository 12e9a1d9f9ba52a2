SELECT * FROM plan WHERE integration = %(integration)s ORDER BY plan_id DESC LIMIT 1
