SELECT DISTINCT locator
FROM reconciliation_stage_target t
WHERE locator IS NOT NULL
  AND NOT EXISTS (SELECT FROM reconciliation_stage_source s WHERE s.locator = t.locator)
ORDER BY locator
LIMIT %(at_most)s
