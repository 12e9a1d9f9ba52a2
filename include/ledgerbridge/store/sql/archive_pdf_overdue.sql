-- Booked more than a day ago, and the PDF is still not there.
SELECT count(*) AS invoices, min(booked_number) AS first, min(archived_at) AS since FROM archive
WHERE integration = %(integration)s AND pdf IS NULL AND archived_at < now() - interval '1 day'
