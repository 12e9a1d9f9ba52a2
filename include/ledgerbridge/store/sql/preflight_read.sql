SELECT * FROM preflight WHERE integration = %(integration)s
