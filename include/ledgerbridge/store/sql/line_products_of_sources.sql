SELECT r.source_id, p.record_id, p.line_number, p.line_text, p.vat_code, p.number, p.made_by, p.made_at
FROM line_product p JOIN record r USING (record_id)
WHERE r.integration = %(integration)s AND r.module = 'invoices' AND r.source_id = ANY(%(source_ids)s)
ORDER BY r.source_id, p.line_number
