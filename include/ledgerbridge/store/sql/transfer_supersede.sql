-- Older revisions that were never sent need not be sent any more. One that is in doubt stays: what it
-- left in the target must be known before a newer one is sent.
UPDATE transfer SET state = 'withdrawn', reason = %(reason)s, waits_for = NULL, settled_at = now()
WHERE record_id = %(record_id)s AND revision < %(revision)s AND state IN ('staged', 'waiting', 'rejected')
  AND step IS NULL
