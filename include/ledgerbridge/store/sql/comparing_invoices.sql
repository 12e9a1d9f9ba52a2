-- What our own records say of these invoices: newest state, link, and the totals that were booked.
SELECT DISTINCT ON (t.record_id)
       t.source_id, t.state::text AS state, t.reason, t.target_draft,
       l.target_kind, l.target_id, l.fingerprint, a.net_amount, a.vat_amount, a.gross_amount
FROM transfer t
LEFT JOIN link l USING (record_id)
LEFT JOIN archive a USING (record_id)
WHERE t.integration = %(integration)s AND t.module = 'invoices' AND t.source_id = ANY(%(source_ids)s)
ORDER BY t.record_id, t.revision DESC
