SELECT language, format FROM reconciliation_report WHERE reconciliation_id = %(reconciliation_id)s ORDER BY language, format
