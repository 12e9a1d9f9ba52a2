INSERT INTO archive (record_id, integration, booked_number, invoice_date, due_date, customer_number, currency,
                     net_amount, vat_amount, gross_amount, vat_breakdown, answer, is_foretold, payment_line,
                     keep_until)
VALUES (%(record_id)s, %(integration)s, %(booked_number)s, %(invoice_date)s, %(due_date)s, %(customer_number)s,
        %(currency)s, %(net_amount)s, %(vat_amount)s, %(gross_amount)s, %(vat_breakdown)s, %(answer)s, %(is_foretold)s,
        %(payment_line)s, make_date(extract(year FROM %(invoice_date)s::date)::integer + 5, 12, 31))
ON CONFLICT (record_id) DO NOTHING
