INSERT INTO linking_candidate (integration, target_id, source_id, score, matches) VALUES %s
