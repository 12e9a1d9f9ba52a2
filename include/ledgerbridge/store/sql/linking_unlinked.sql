-- A page of them, with their best counterpart and the invoices that wait for each.
SELECT t.record_id, t.source_id, t.shown_number AS number, t.shown_name AS name, t.content, t.state::text AS state, t.reason,
       (SELECT d.choice FROM customer_decision d WHERE d.integration = t.integration AND d.source_id = t.source_id) AS choice,
       coalesce((SELECT json_agg(json_build_object('target_id', c.target_id, 'name', g.name, 'score', c.score,
                                                   'matches', c.matches) ORDER BY c.score DESC, c.target_id)
                 FROM linking_candidate c JOIN linking_target g USING (integration, target_id)
                 WHERE c.integration = t.integration AND c.source_id = t.source_id
                   AND NOT EXISTS (SELECT FROM link l WHERE l.integration = c.integration AND l.module = 'customers'
                                   AND l.target_kind = 'customer' AND l.target_id = c.target_id)
                   AND NOT EXISTS (SELECT FROM linking_refusal f WHERE f.integration = c.integration
                                   AND f.target_id = c.target_id AND f.source_id = c.source_id)), '[]') AS candidates,
       (SELECT count(*) FROM transfer i
        WHERE i.integration = t.integration AND i.module = 'invoices' AND i.is_newest AND i.state = 'waiting'
          AND i.waits_for = 'customer:' || t.source_id) AS invoices
FROM (SELECT * FROM transfer t
      WHERE t.integration = %(integration)s AND t.module = 'customers' AND t.is_newest AND t.state <> 'withdrawn'
        AND NOT EXISTS (SELECT FROM link l WHERE l.record_id = t.record_id)
        AND (%(name)s::text IS NULL OR t.shown_name ILIKE %(name)s OR t.shown_number ILIKE %(name)s)
      ORDER BY t.state = 'ignored', t.transfer_id LIMIT %(limit)s OFFSET %(offset)s) t
ORDER BY t.state = 'ignored', t.transfer_id
