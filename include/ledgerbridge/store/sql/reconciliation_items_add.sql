INSERT INTO reconciliation_item
    (reconciliation_id, position, main_class, classes, standing, source, targets, reasons)
VALUES %s
