-- What earlier runs left: orphans of dead workers, doubts, and waiting ones whose condition now holds.
SELECT t.* FROM transfer t
WHERE t.integration = %(integration)s AND t.module = %(module)s
  AND (t.state IN ('staged', 'sending', 'in_doubt')
       OR (t.state = 'waiting'
           AND (t.waits_for IN ('run', 'settings', 'other_integration')
                OR (t.waits_for = 'agreement' AND NOT EXISTS (
                        -- Held, and it is not yet time to ask whether it still must be.
                        SELECT 1 FROM agreement a WHERE a.agreement = %(agreement)s AND a.held_since IS NOT NULL
                           AND a.probed_at > now() - interval '15 minutes'))
                OR (t.waits_for = 'linking' AND EXISTS (
                        SELECT 1 FROM confirmation c WHERE c.integration = t.integration AND c.item = 'linking'))
                OR (t.waits_for LIKE 'invoice:%%' AND NOT EXISTS (
                        SELECT 1 FROM invoice_held_back h
                        WHERE h.integration = t.integration AND h.source_id = substr(t.waits_for, 9)))
                OR (t.waits_for LIKE 'customer:%%' AND (
                        EXISTS (SELECT 1 FROM link l JOIN record r USING (record_id)
                                WHERE r.integration = t.integration AND r.module = 'customers'
                                  AND r.source_id = substr(t.waits_for, 10) AND l.broken_at IS NULL)
                        OR EXISTS (SELECT 1 FROM customer_decision d
                                   WHERE d.integration = t.integration AND d.choice = 'create' AND t.module = 'customers'
                                     AND d.source_id = substr(t.waits_for, 10)
                                     -- A number that was found taken is not asked for again by the same decision.
                                     AND (t.reason ->> 'code' <> 'customer_number_taken'
                                          OR d.decided_at > t.settled_at)))))))
ORDER BY t.transfer_id
LIMIT %(limit)s
