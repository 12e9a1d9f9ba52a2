UPDATE reconciliation
SET finished_at = %(finished_at)s, counts = %(counts)s, totals = %(totals)s
WHERE reconciliation_id = %(reconciliation_id)s
