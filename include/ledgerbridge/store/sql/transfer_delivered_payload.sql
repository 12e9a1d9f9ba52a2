-- What the target's draft of a record was last made from. Which payload that was the link knows, by its hash; one that was
-- prepared and never sent has another. Where the link was made to forget it, the last one that may have been sent.
SELECT t.payload FROM transfer t JOIN link l USING (record_id)
WHERE t.record_id = %(record_id)s AND t.revision < %(revision)s AND t.payload IS NOT NULL
  AND CASE WHEN l.payload_hash IS NULL THEN t.state IN ('delivered', 'rejected', 'withdrawn')
           ELSE encode(sha256(convert_to(t.payload, 'UTF8')), 'hex') = l.payload_hash END
ORDER BY t.revision DESC LIMIT 1
