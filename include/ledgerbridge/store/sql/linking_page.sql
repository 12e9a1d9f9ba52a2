-- A page of the accounts' customers without a link, of one class (LK-2), each with the customers of ours that it may be,
-- best first; and how many each class has. Links and refusals count as they stand now.
WITH free AS MATERIALIZED (
    SELECT t.* FROM linking_target t
    WHERE t.integration = %(integration)s
      AND NOT EXISTS (SELECT FROM link l WHERE l.integration = t.integration AND l.module = 'customers'
                      AND l.target_kind = 'customer' AND l.target_id = t.target_id)
), living AS MATERIALIZED (
    SELECT c.target_id, c.record_id, c.score, c.matches, c.has_other_cvr
    FROM linking_candidate c JOIN free USING (integration, target_id)
    WHERE NOT EXISTS (SELECT FROM link l WHERE l.record_id = c.record_id)
      AND NOT EXISTS (SELECT FROM linking_refusal f WHERE f.record_id = c.record_id AND f.target_id = c.target_id)
), counted AS MATERIALIZED (
    SELECT *, count(*) OVER (PARTITION BY record_id) = 1 AND NOT has_other_cvr AS is_mutual FROM living
), classed AS MATERIALIZED (
    SELECT f.*, p.best,
           CASE WHEN p.candidates = 1 AND NOT p.is_unlikely THEN 'one' WHEN p.candidates > 0 THEN 'several' ELSE 'none' END AS suggestions
    FROM free f
    LEFT JOIN (SELECT target_id, count(*) AS candidates, max(score) AS best, bool_and(has_other_cvr) AS is_unlikely
               FROM living GROUP BY target_id) p
        USING (target_id)
), found AS MATERIALIZED (
    SELECT * FROM classed
    WHERE suggestions = %(suggestions)s
      AND (%(name)s::text IS NULL OR name ILIKE %(name)s OR target_id ILIKE %(name)s)
), chosen AS MATERIALIZED (
    SELECT * FROM found ORDER BY best DESC NULLS LAST, name, target_id
    LIMIT %(limit)s OFFSET least(%(offset)s, (greatest(1, (SELECT count(*) FROM found)) - 1) / %(limit)s * %(limit)s)
), possible AS MATERIALIZED (
    SELECT v.* FROM counted v WHERE v.target_id IN (SELECT target_id FROM chosen)
), shown AS (
    SELECT c.target_id, c.name, c.cvr_number, c.phone, c.email, c.zip, c.city,
           coalesce((SELECT json_agg(json_build_object(
                        'record_id', n.record_id, 'number', n.shown_number, 'name', n.shown_name, 'content', n.content,
                        'score', v.score, 'matches', v.matches,
                        'is_mutual', v.is_mutual,
                        'has_other_cvr', v.has_other_cvr)
                        ORDER BY v.score DESC, v.record_id)
                     FROM possible v JOIN transfer n ON n.record_id = v.record_id AND n.is_newest
                     WHERE v.target_id = c.target_id), '[]') AS candidates
    FROM chosen c ORDER BY c.best DESC NULLS LAST, c.name, c.target_id
)
SELECT (SELECT count(*) FROM classed WHERE suggestions = 'one') AS one,
       (SELECT count(*) FROM classed WHERE suggestions = 'several') AS several,
       (SELECT count(*) FROM classed WHERE suggestions = 'none') AS none,
       (SELECT count(*) FROM found) AS found,
       (SELECT coalesce(json_agg(shown), '[]') FROM shown) AS rows
