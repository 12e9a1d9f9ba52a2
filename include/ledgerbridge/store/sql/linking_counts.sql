-- How many of the accounts' customers without a link each class has (LK-2); as linking_page.sql divides them.
SELECT count(*) FILTER (WHERE p.candidates = 1 AND NOT p.is_unlikely) AS one,
       count(*) FILTER (WHERE p.candidates > 1 OR p.is_unlikely) AS several,
       count(*) FILTER (WHERE p.candidates IS NULL) AS none
FROM linking_target t
LEFT JOIN (SELECT c.target_id, count(*) AS candidates, bool_and(c.has_other_cvr) AS is_unlikely
           FROM linking_candidate c
           WHERE c.integration = %(integration)s
             AND NOT EXISTS (SELECT FROM link l WHERE l.record_id = c.record_id)
             AND NOT EXISTS (SELECT FROM linking_refusal f WHERE f.record_id = c.record_id AND f.target_id = c.target_id)
           GROUP BY c.target_id) p USING (target_id)
WHERE t.integration = %(integration)s
  AND NOT EXISTS (SELECT FROM link l WHERE l.integration = t.integration AND l.module = 'customers'
                  AND l.target_kind = 'customer' AND l.target_id = t.target_id)
