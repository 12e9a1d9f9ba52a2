-- What needs a person, by reason: how many records, and the one that has stood there longest.
SELECT module, state::text AS state, reason ->> 'code' AS code, count(*) AS records,
       min(coalesce(settled_at, staged_at)) AS since,
       (array_agg(record_id ORDER BY transfer_id))[1] AS first_record,
       (array_agg(reason ORDER BY transfer_id))[1] AS first_reason
FROM transfer
WHERE integration = %(integration)s AND is_newest AND state IN ('rejected', 'waiting', 'in_doubt')
GROUP BY module, state, reason ->> 'code'
ORDER BY array_position(ARRAY['in_doubt', 'rejected', 'waiting'], state::text), records DESC
