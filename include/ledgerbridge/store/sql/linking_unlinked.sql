-- A page of our customers without a link, those set aside last, with their best counterparts and the invoices that wait.
WITH free AS MATERIALIZED (
    SELECT t.transfer_id, t.record_id, t.source_id, t.shown_number AS number, t.shown_name AS name, t.state, t.integration
    FROM transfer t
    WHERE t.integration = %(integration)s AND t.module = 'customers' AND t.is_newest AND t.state <> 'withdrawn'
      AND NOT EXISTS (SELECT FROM link l WHERE l.record_id = t.record_id)
), found AS MATERIALIZED (
    SELECT * FROM free WHERE %(name)s::text IS NULL OR name ILIKE %(name)s OR number ILIKE %(name)s
), chosen AS MATERIALIZED (
    SELECT * FROM found ORDER BY state = 'ignored', transfer_id
    LIMIT %(limit)s OFFSET least(%(offset)s, (greatest(1, (SELECT count(*) FROM found)) - 1) / %(limit)s * %(limit)s)
), waiting AS MATERIALIZED (
    SELECT i.waits_for, count(*) AS invoices FROM transfer i
    WHERE i.integration = %(integration)s AND i.module = 'invoices' AND i.is_newest AND i.state = 'waiting'
      AND i.waits_for IN (SELECT 'customer:' || source_id FROM chosen)
    GROUP BY i.waits_for
), shown AS (
    SELECT c.record_id, c.source_id, c.number, c.name, t.content, c.state, t.reason,
           (SELECT d.choice FROM customer_decision d
            WHERE d.integration = c.integration AND d.source_id = c.source_id) AS choice,
           coalesce((SELECT json_agg(json_build_object('target_id', v.target_id, 'name', g.name, 'score', v.score,
                                                       'matches', v.matches, 'has_other_cvr', v.has_other_cvr)
                                      ORDER BY v.score DESC, v.target_id)
                     FROM linking_candidate v JOIN linking_target g USING (integration, target_id)
                     WHERE v.record_id = c.record_id
                       AND NOT EXISTS (SELECT FROM link l WHERE l.integration = v.integration AND l.module = 'customers'
                                       AND l.target_kind = 'customer' AND l.target_id = v.target_id)
                       AND NOT EXISTS (SELECT FROM linking_refusal f
                                       WHERE f.record_id = v.record_id AND f.target_id = v.target_id)),
                    '[]') AS candidates,
           coalesce((SELECT w.invoices FROM waiting w WHERE w.waits_for = 'customer:' || c.source_id), 0) AS invoices
    FROM chosen c JOIN transfer t USING (transfer_id) ORDER BY c.state = 'ignored', c.transfer_id
)
SELECT (SELECT count(*) FROM free) AS unlinked, (SELECT count(*) FROM found) AS found,
       (SELECT coalesce(json_agg(shown), '[]') FROM shown) AS rows
