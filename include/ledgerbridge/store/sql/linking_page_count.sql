-- How many rows linking_page has in all.
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
), per_target AS (
    SELECT target_id, count(*) AS candidates, max(score) AS best FROM living GROUP BY target_id
), chosen AS (
    SELECT t.*, coalesce(p.candidates, 0) AS candidates, p.best
    FROM linking_target t LEFT JOIN per_target p USING (target_id)
    WHERE t.integration = %(integration)s
      AND (%(name)s::text IS NULL OR t.name ILIKE %(name)s OR t.target_id ILIKE %(name)s)
      AND CASE %(suggestions)s WHEN 'one' THEN p.candidates = 1 WHEN 'several' THEN p.candidates > 1
               ELSE p.candidates IS NULL END
      AND NOT EXISTS (SELECT FROM link l WHERE l.integration = t.integration AND l.module = 'customers'
                      AND l.target_kind = 'customer' AND l.target_id = t.target_id)
)
SELECT count(*) AS customers FROM chosen
