SELECT position, main_class, classes, standing, source::text AS source, targets::text AS targets, reasons::text AS reasons
FROM reconciliation_item
WHERE reconciliation_id = %(reconciliation_id)s
ORDER BY position
