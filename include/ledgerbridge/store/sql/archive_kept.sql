SELECT booked_number AS number, customer_number, net_amount AS net, vat_amount AS vat, gross_amount AS gross,
       vat_breakdown, is_foretold, foretold_wrongly AS otherwise
FROM archive
WHERE record_id = %(record_id)s
