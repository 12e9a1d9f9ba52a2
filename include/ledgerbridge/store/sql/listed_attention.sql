-- What needs a person, by reason: how many records, and the one that has stood there longest. What goes on by itself with
-- the next run, or when the grant is there again, is not among them; what is booked otherwise than it should be is.
WITH standing AS (
    SELECT record_id, transfer_id, module, state, reason, settled_at, staged_at
    FROM transfer
    WHERE integration = %(integration)s AND is_newest
      AND (state IN ('rejected', 'in_doubt')
           OR (state = 'waiting' AND waits_for IS DISTINCT FROM 'run' AND waits_for IS DISTINCT FROM 'agreement')
           OR (state = 'unchanged'
               AND reason ->> 'code' IN ('invoice_booked_with_difference', 'invoice_changed_after_booking',
                                         'invoice_withdrawn_after_booking', 'invoice_moved_after_booking')))
    UNION ALL
    SELECT t.record_id, t.transfer_id, t.module, t.state, t.reason, a.foretold_wrongly_at, t.staged_at
    FROM archive a
    JOIN transfer t ON t.record_id = a.record_id AND t.is_newest
    WHERE a.integration = %(integration)s AND a.foretold_wrongly_at IS NOT NULL
      AND t.state = 'delivered' AND t.reason ->> 'code' = 'booked_otherwise'
)
SELECT module, state::text AS state, reason ->> 'code' AS code, count(*) AS records,
       min(coalesce(settled_at, staged_at)) AS since,
       (array_agg(record_id ORDER BY coalesce(settled_at, staged_at), transfer_id))[1] AS first_record,
       (array_agg(reason ORDER BY coalesce(settled_at, staged_at), transfer_id))[1] AS first_reason
FROM standing
GROUP BY module, state, reason ->> 'code'
ORDER BY array_position(ARRAY['in_doubt', 'rejected', 'delivered', 'unchanged', 'waiting'], state::text), records DESC
