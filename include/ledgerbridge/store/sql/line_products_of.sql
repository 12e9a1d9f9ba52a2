SELECT record_id, line_number, line_text, vat_code, number, made_by, made_at
FROM line_product WHERE record_id = ANY(%(record_ids)s)
ORDER BY record_id, line_number
