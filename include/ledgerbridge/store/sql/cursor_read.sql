SELECT position FROM cursor_position WHERE integration = %(integration)s AND module = %(module)s
