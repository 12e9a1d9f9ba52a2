ANALYZE reconciliation_stage_source;
ANALYZE reconciliation_stage_target;
-- Drafts are read before booked invoices, so a draft that was booked in between was read twice.
DELETE FROM reconciliation_stage_target d
USING reconciliation_stage_target b
WHERE d.is_draft AND NOT b.is_draft AND b.order_number = d.number AND b.locator IS NOT DISTINCT FROM d.locator;
-- First by the locator, which is one per source record and never anybody else's.
UPDATE reconciliation_stage_target t
SET source_id = s.source_id
FROM reconciliation_stage_source s
WHERE t.locator = s.locator;
-- Then, where somebody has taken the locator out of the document, by the number that booking gave it.
UPDATE reconciliation_stage_target t
SET source_id = s.source_id
FROM reconciliation_stage_source s
WHERE t.locator IS NULL AND NOT t.is_draft AND t.number = s.booked_number
  AND NOT EXISTS (SELECT FROM reconciliation_stage_target o WHERE o.source_id = s.source_id);
-- Last by the draft's number. Numbers of drafts are used again, so the customer and currency must fit.
UPDATE reconciliation_stage_target t
SET source_id = s.source_id
FROM reconciliation_stage_source s
WHERE t.locator IS NULL AND t.source_id IS NULL
  AND s.draft_number = CASE WHEN t.is_draft THEN t.number ELSE t.order_number END
  AND t.customer = s.customer AND t.currency = s.currency
  AND NOT EXISTS (SELECT FROM reconciliation_stage_target o WHERE o.source_id = s.source_id);
CREATE INDEX ON reconciliation_stage_target (source_id);
ANALYZE reconciliation_stage_target;
