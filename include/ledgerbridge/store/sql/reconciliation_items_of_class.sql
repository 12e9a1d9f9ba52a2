SELECT position, main_class, classes, standing, source::text AS source, targets::text AS targets, reasons::text AS reasons
FROM reconciliation_item
WHERE reconciliation_id = %(reconciliation_id)s
  AND (main_class = %(class)s OR (%(among_all)s AND %(class)s = ANY (classes)))
ORDER BY position
LIMIT %(at_most)s
