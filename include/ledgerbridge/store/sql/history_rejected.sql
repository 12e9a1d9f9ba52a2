-- Whether any revision of the record was rejected for this very reason.
SELECT 1 FROM history JOIN transfer USING (transfer_id)
WHERE transfer.record_id = %(record_id)s AND history.event = 'rejected'
  AND history.detail -> 'reason' = %(reason)s::jsonb
LIMIT 1
