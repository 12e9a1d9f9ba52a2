-- Invoices that were once approved and are so no longer.
SELECT source_id FROM (
    SELECT DISTINCT ON (record_id) record_id, source_id, operation FROM transfer
    WHERE integration = %(integration)s AND module = 'invoices'
    ORDER BY record_id, revision DESC
) newest WHERE operation = 'withdraw' ORDER BY record_id
