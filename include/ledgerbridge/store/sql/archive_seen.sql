UPDATE archive SET invoice_date = %(invoice_date)s, due_date = %(due_date)s, customer_number = %(customer_number)s,
                   currency = %(currency)s, net_amount = %(net_amount)s, vat_amount = %(vat_amount)s,
                   gross_amount = %(gross_amount)s, vat_breakdown = %(vat_breakdown)s, answer = %(answer)s,
                   is_foretold = false,
                   foretold_wrongly_at = CASE WHEN %(otherwise)s::jsonb IS NOT NULL THEN now() END,
                   foretold_wrongly = %(otherwise)s::jsonb
WHERE record_id = %(record_id)s AND is_foretold
