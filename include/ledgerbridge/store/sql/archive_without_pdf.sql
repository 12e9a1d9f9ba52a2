SELECT record_id, booked_number FROM archive
WHERE integration = %(integration)s AND pdf IS NULL
ORDER BY record_id LIMIT %(limit)s
