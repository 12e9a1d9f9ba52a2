-- The newest revisions of what was booked and has not been read in the target since.
SELECT t.* FROM archive a JOIN transfer t ON t.record_id = a.record_id AND t.is_newest
WHERE a.integration = %(integration)s AND a.is_foretold
ORDER BY t.transfer_id
LIMIT %(limit)s
