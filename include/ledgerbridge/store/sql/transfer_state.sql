UPDATE transfer
SET state = %(state)s, reason = %(reason)s, waits_for = %(waits_for)s,
    settled_at = CASE WHEN %(state)s::transfer_state IN ('staged', 'sending') THEN NULL ELSE now() END,
    -- What was told stays told while it is the same; a doubt that turns out to be a rejection is news.
    told_at = CASE WHEN %(state)s::transfer_state IN ('rejected', 'in_doubt')
                        AND told_code = %(reason)s::jsonb ->> 'code' THEN told_at END
WHERE transfer_id = %(transfer_id)s AND (%(expected)s::transfer_state IS NULL OR state = %(expected)s::transfer_state)
