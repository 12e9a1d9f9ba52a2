-- A customer deleted in the source keeps its link, and does not make another's link a shared one.
SELECT s.fact AS source, t.fact AS target, coalesce(n.links, 0) AS links
FROM reconciliation_stage_customer_source s
FULL OUTER JOIN reconciliation_stage_customer_target t ON t.number = s.target_number
LEFT JOIN (
    SELECT target_number, count(*) AS links
    FROM reconciliation_stage_customer_source
    WHERE target_number IS NOT NULL AND NOT (fact::jsonb ->> 'deleted_in_source')::boolean
    GROUP BY target_number
) n ON n.target_number = s.target_number
ORDER BY coalesce(s.sort_key, lpad(t.number, 20, '0')), s.source_id, t.number
