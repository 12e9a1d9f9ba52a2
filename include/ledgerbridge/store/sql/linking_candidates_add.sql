INSERT INTO linking_candidate (integration, target_id, record_id, score, matches)
SELECT v.integration, v.target_id, r.record_id, v.score, v.matches
FROM (VALUES %s) AS v (integration, target_id, source_id, score, matches)
JOIN record r ON r.integration = v.integration AND r.module = 'customers' AND r.source_id = v.source_id
