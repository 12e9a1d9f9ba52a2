SELECT booked_number, vat_breakdown FROM archive
WHERE integration = %(integration)s AND booked_number = ANY(%(numbers)s)
