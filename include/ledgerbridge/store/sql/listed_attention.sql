-- What needs a person, by reason: how many records, and the one that has stood there longest. What goes on by itself with
-- the next run, or when the grant is there again, is not among them; what was changed after booking is.
SELECT module, state::text AS state, reason ->> 'code' AS code, count(*) AS records,
       min(coalesce(settled_at, staged_at)) AS since,
       (array_agg(record_id ORDER BY transfer_id))[1] AS first_record,
       (array_agg(reason ORDER BY transfer_id))[1] AS first_reason
FROM transfer
WHERE integration = %(integration)s AND is_newest
  AND (state IN ('rejected', 'in_doubt')
       OR (state = 'waiting' AND waits_for IS DISTINCT FROM 'run' AND waits_for IS DISTINCT FROM 'agreement')
       OR (state = 'unchanged'
           AND reason ->> 'code' IN ('invoice_booked_with_difference', 'invoice_changed_after_booking',
                                     'invoice_withdrawn_after_booking')))
GROUP BY module, state, reason ->> 'code'
ORDER BY array_position(ARRAY['in_doubt', 'rejected', 'unchanged', 'waiting'], state::text), records DESC
