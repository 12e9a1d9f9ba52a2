SELECT looked_at, looked_by, targets FROM linking_look WHERE integration = %(integration)s
