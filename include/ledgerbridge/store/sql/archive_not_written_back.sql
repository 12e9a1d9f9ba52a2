-- Booked, but the source's own row does not show it yet. What has not been read in the target waits for that.
SELECT a.record_id, r.source_id, a.booked_number, a.net_amount, a.vat_amount, a.gross_amount, a.payment_line,
       a.archived_at
FROM archive a JOIN record r USING (record_id)
WHERE a.integration = %(integration)s AND a.written_back_at IS NULL AND NOT a.is_foretold
ORDER BY a.record_id LIMIT %(limit)s
