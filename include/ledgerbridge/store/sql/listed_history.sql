-- Everything that was noted of a record, the newest first.
SELECT * FROM (
    SELECT h.entry_id, h.at, h.event, h.run_id, h.actor, h.detail, h.sent, h.answered
    FROM history h JOIN transfer t USING (transfer_id) WHERE t.record_id = %(record_id)s
    UNION ALL
    SELECT h.entry_id, h.at, h.event, h.run_id, h.actor, h.detail, h.sent, h.answered
    FROM history h JOIN record r USING (integration, module, source_id)
    WHERE r.record_id = %(record_id)s AND h.transfer_id IS NULL
) entries
ORDER BY entry_id DESC LIMIT %(limit)s
