-- One record by its id, with its newest transfer, its link and what was booked.
SELECT t.record_id, t.transfer_id, r.module, r.source_id, r.locator, r.first_seen,
       t.shown_number, t.shown_name, t.shown_date, t.shown_amount, t.shown_currency,
       l.target_kind, l.target_id, l.made_by, l.made_at, l.broken_at, l.deleted_in_source_at, l.target_name, l.target_cvr,
       a.booked_number, a.invoice_date AS booked_on, a.net_amount, a.vat_amount, a.gross_amount, a.currency AS booked_currency,
       a.pdf IS NOT NULL AS has_pdf, a.source_document IS NOT NULL AS has_source_document, a.keep_until
FROM record r
JOIN transfer t ON t.record_id = r.record_id AND t.is_newest
LEFT JOIN link l ON l.record_id = r.record_id
LEFT JOIN archive a ON a.record_id = r.record_id
WHERE r.record_id = %(record_id)s AND r.integration = %(integration)s
