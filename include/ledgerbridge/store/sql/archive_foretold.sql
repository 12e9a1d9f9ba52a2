-- Booked, but the target has not been read since: its answer was a number and no more.
SELECT record_id, booked_number FROM archive
WHERE integration = %(integration)s AND is_foretold
ORDER BY record_id LIMIT %(limit)s
