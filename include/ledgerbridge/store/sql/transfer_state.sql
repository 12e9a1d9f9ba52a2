-- Moves it, and writes a line of history when one is given.
WITH moved AS (
    UPDATE transfer
    SET state = %(state)s, reason = %(reason)s, waits_for = %(waits_for)s,
        settled_at = CASE WHEN %(state)s::transfer_state IN ('staged', 'sending') THEN NULL ELSE now() END,
        -- What was told stays told while it is the same; a doubt that turns out to be a rejection is news.
        told_at = CASE WHEN %(state)s::transfer_state IN ('rejected', 'in_doubt')
                            AND told_code = %(reason)s::jsonb ->> 'code' THEN told_at END
    WHERE transfer_id = %(transfer_id)s AND (%(expected)s::transfer_state IS NULL OR state = %(expected)s::transfer_state)
    RETURNING transfer_id, integration, module, source_id
), noted AS (
    INSERT INTO history (integration, module, source_id, transfer_id, event, run_id, actor, detail)
    SELECT integration, module, source_id, transfer_id, %(event)s, %(run_id)s, %(actor)s, %(detail)s
    FROM moved WHERE %(event)s::text IS NOT NULL
)
SELECT transfer_id FROM moved
