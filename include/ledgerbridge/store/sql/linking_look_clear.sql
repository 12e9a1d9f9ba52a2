DELETE FROM linking_target WHERE integration = %(integration)s
