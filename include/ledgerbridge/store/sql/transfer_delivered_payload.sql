-- What the target's draft of a record was last made from.
SELECT payload FROM transfer
WHERE record_id = %(record_id)s AND revision < %(revision)s AND state IN ('delivered', 'rejected', 'withdrawn') AND payload IS NOT NULL
ORDER BY revision DESC LIMIT 1
