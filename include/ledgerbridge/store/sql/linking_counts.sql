-- The accounts' unlinked customers by how many of ours each may be (LK-2), as links and refusals stand now.
WITH living AS (
    SELECT c.target_id, c.source_id, c.score, c.matches
    FROM linking_candidate c
    JOIN record r ON r.integration = c.integration AND r.module = 'customers' AND r.source_id = c.source_id
    WHERE c.integration = %(integration)s
      AND NOT EXISTS (SELECT FROM link l WHERE l.record_id = r.record_id)
      AND NOT EXISTS (SELECT FROM link l WHERE l.integration = c.integration AND l.module = 'customers'
                      AND l.target_kind = 'customer' AND l.target_id = c.target_id)
      AND NOT EXISTS (SELECT FROM linking_refusal f WHERE f.integration = c.integration
                      AND f.target_id = c.target_id AND f.source_id = c.source_id)
), per_target AS (SELECT target_id, count(*) AS candidates FROM living GROUP BY target_id)
SELECT count(*) FILTER (WHERE p.candidates = 1) AS one, count(*) FILTER (WHERE p.candidates > 1) AS several,
       count(*) FILTER (WHERE p.candidates IS NULL) AS none
FROM linking_target t LEFT JOIN per_target p USING (target_id)
WHERE t.integration = %(integration)s
  AND NOT EXISTS (SELECT FROM link l WHERE l.integration = t.integration AND l.module = 'customers'
                  AND l.target_kind = 'customer' AND l.target_id = t.target_id)
