-- What our own records say of these invoices: newest state, link, the totals that were booked, and what was accepted
-- for the difference in them. ``was_sent``: what was found or made there, or a write that may have made something. A
-- write that was refused, or is over and left nothing, does not explain what stands there now.
SELECT DISTINCT ON (t.record_id)
       t.source_id, t.state::text AS state, t.reason, t.target_draft,
       l.target_kind, l.target_id, l.fingerprint, a.net_amount, a.vat_amount, a.gross_amount,
       CASE WHEN t.accepted_by IS NOT NULL THEN t.accepted_target END AS accepted_by_person,
       (SELECT array_agg(w #>> '{values,target}') FROM jsonb_array_elements(t.warnings) w
        WHERE w ->> 'code' = 'invoice_vat_rounding_accepted') AS accepted_when_booked,
       l.record_id IS NOT NULL OR a.record_id IS NOT NULL OR EXISTS (
           SELECT FROM transfer s
           WHERE s.record_id = t.record_id
             AND s.step IS NOT NULL
       ) AS was_sent
FROM transfer t
LEFT JOIN link l USING (record_id)
LEFT JOIN archive a USING (record_id)
WHERE t.integration = %(integration)s AND t.module = 'invoices' AND t.source_id = ANY(%(source_ids)s)
ORDER BY t.record_id, t.revision DESC
