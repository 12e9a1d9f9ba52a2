-- The source is read before the target: what was sent in between looks as if nobody knew of it.
SELECT s.source_id
FROM reconciliation_stage_source s
WHERE NOT s.was_sent
  AND EXISTS (SELECT FROM reconciliation_stage_target t WHERE t.locator = s.locator)
ORDER BY s.source_id
LIMIT %(at_most)s
