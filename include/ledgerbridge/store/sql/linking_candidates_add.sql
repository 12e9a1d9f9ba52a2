INSERT INTO linking_candidate (integration, target_id, record_id, score, matches, has_other_cvr)
SELECT v.integration, v.target_id, r.record_id, v.score, v.matches, v.has_other_cvr
FROM (VALUES %s) AS v (integration, target_id, source_id, score, matches, has_other_cvr)
JOIN record r ON r.integration = v.integration AND r.module = 'customers' AND r.source_id = v.source_id
