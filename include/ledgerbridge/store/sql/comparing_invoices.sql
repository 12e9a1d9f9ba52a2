-- What our own records say of these invoices: newest state, link, the totals that were booked, and what was accepted
-- for the difference in them. ``was_sent``: any write that began or ended, or what one left.
SELECT DISTINCT ON (t.record_id)
       t.source_id, t.state::text AS state, t.reason, t.target_draft,
       l.target_kind, l.target_id, l.fingerprint, a.net_amount, a.vat_amount, a.gross_amount,
       CASE WHEN t.accepted_by IS NOT NULL THEN t.accepted_target END AS accepted_by_person,
       (SELECT array_agg(w #>> '{values,target}') FROM jsonb_array_elements(t.warnings) w
        WHERE w ->> 'code' = 'invoice_vat_rounding_accepted') AS accepted_when_booked,
       l.record_id IS NOT NULL OR a.record_id IS NOT NULL OR EXISTS (
           SELECT FROM transfer s
           WHERE s.record_id = t.record_id
             AND (s.first_sent_at IS NOT NULL OR s.generation > 1 OR s.target_draft IS NOT NULL)
       ) AS was_sent
FROM transfer t
LEFT JOIN link l USING (record_id)
LEFT JOIN archive a USING (record_id)
WHERE t.integration = %(integration)s AND t.module = 'invoices' AND t.source_id = ANY(%(source_ids)s)
ORDER BY t.record_id, t.revision DESC
