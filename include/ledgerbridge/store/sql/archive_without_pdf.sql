-- What was asked for longest ago comes first, so that one that cannot be had holds nobody back; the longer it has been
-- missing, the less often it is asked for, at least once a day.
SELECT record_id, booked_number, customer_number, invoice_date FROM archive
WHERE integration = %(integration)s AND pdf IS NULL
  AND (pdf_asked_at IS NULL OR now() >= pdf_asked_at + least(interval '1 day', (pdf_asked_at - archived_at) / 2))
ORDER BY pdf_asked_at NULLS FIRST, record_id LIMIT %(limit)s
