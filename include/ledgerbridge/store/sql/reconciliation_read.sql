SELECT * FROM reconciliation WHERE reconciliation_id = %(reconciliation_id)s
