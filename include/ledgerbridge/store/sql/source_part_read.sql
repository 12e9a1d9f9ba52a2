UPDATE source_part SET departments = %(departments)s WHERE integration = %(integration)s AND module = %(module)s
