INSERT INTO line_product (record_id, line_number, line_text, vat_code, number, made_by)
VALUES (%(record_id)s, %(line_number)s, %(line_text)s, %(vat_code)s, %(number)s, %(actor)s)
ON CONFLICT (record_id, line_number) DO UPDATE
SET line_text = excluded.line_text, vat_code = excluded.vat_code, number = excluded.number,
    made_by = excluded.made_by, made_at = now()
