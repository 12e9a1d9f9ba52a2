-- A page of the accounts' unlinked customers of one class, with the customers of ours that each may be, best first.
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
), per_source AS (
    SELECT source_id, count(*) AS targets FROM living GROUP BY source_id
), chosen AS (
    SELECT t.*, coalesce(p.candidates, 0) AS candidates, p.best
    FROM linking_target t LEFT JOIN per_target p USING (target_id)
    WHERE t.integration = %(integration)s
      AND (%(name)s::text IS NULL OR t.name ILIKE %(name)s OR t.target_id ILIKE %(name)s)
      AND CASE %(suggestions)s WHEN 'one' THEN p.candidates = 1 WHEN 'several' THEN p.candidates > 1
               ELSE p.candidates IS NULL END
      AND NOT EXISTS (SELECT FROM link l WHERE l.integration = t.integration AND l.module = 'customers'
                      AND l.target_kind = 'customer' AND l.target_id = t.target_id)
    ORDER BY p.best DESC NULLS LAST, t.name, t.target_id LIMIT %(limit)s OFFSET %(offset)s
)
SELECT c.target_id, c.name, c.cvr_number, c.phone, c.email, c.zip, c.city,
       coalesce((SELECT json_agg(json_build_object(
                    'record_id', n.record_id, 'source_id', v.source_id, 'number', n.shown_number, 'name', n.shown_name,
                    'content', n.content, 'score', v.score, 'matches', v.matches, 'is_mutual', s.targets = 1)
                    ORDER BY v.score DESC, v.source_id)
                 FROM living v
                 JOIN per_source s USING (source_id)
                 JOIN transfer n ON n.integration = %(integration)s AND n.module = 'customers' AND n.is_newest
                  AND n.record_id = (SELECT record_id FROM record r WHERE r.integration = %(integration)s
                                     AND r.module = 'customers' AND r.source_id = v.source_id)
                 WHERE v.target_id = c.target_id), '[]') AS candidates
FROM chosen c
ORDER BY c.best DESC NULLS LAST, c.name, c.target_id
