-- Booked, but its PDF or its way back into the source is still owed.
SELECT a.record_id, r.source_id, a.booked_number, a.net_amount, a.vat_amount, a.gross_amount, a.payment_line,
       a.archived_at, a.pdf IS NULL AS pdf_missing, a.source_document IS NULL AS source_document_missing,
       a.written_back_at IS NULL AS not_written_back
FROM archive a JOIN record r USING (record_id)
WHERE a.integration = %(integration)s AND (a.pdf IS NULL OR a.written_back_at IS NULL)
ORDER BY a.record_id LIMIT %(limit)s
