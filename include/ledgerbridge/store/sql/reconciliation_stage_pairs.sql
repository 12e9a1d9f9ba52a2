-- Booked documents before drafts, and the lower number first, so that the first is the one to compare.
SELECT s.fact AS source, s.in_period, t.facts AS targets
FROM reconciliation_stage_source s
FULL OUTER JOIN (
    SELECT source_id, locator, array_agg(fact ORDER BY is_draft, length(number), number) AS facts,
           min(sort_key) AS sort_key
    FROM reconciliation_stage_target
    -- What has no source and no locator is a document of its own each; else they belong together.
    GROUP BY source_id, locator, CASE WHEN source_id IS NULL AND locator IS NULL THEN (is_draft, number) END
) t ON t.source_id = s.source_id
ORDER BY coalesce(s.sort_key, t.sort_key), s.source_id, t.locator
