SELECT s.fact
FROM reconciliation_stage_source s
WHERE s.expects_target
  AND NOT EXISTS (SELECT FROM reconciliation_stage_target t WHERE t.locator = s.locator)
  AND NOT EXISTS (
      SELECT FROM reconciliation_stage_target t
      WHERE t.locator IS NULL AND NOT t.is_draft AND t.number = s.booked_number
  )
ORDER BY s.source_id
LIMIT %(at_most)s
