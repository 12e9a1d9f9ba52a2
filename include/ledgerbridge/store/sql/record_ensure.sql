-- The record's row; made at first sight. It is never updated here: its row lock is what a sender holds, and
-- staging a newer revision must not wait until a whole chunk is sent.
WITH made AS (
    INSERT INTO record (integration, module, source_id, locator)
    VALUES (%(integration)s, %(module)s, %(source_id)s, %(locator)s)
    ON CONFLICT (integration, module, source_id) DO NOTHING
    RETURNING record_id
)
SELECT record_id FROM made
UNION ALL
SELECT record_id FROM record
WHERE integration = %(integration)s AND module = %(module)s AND source_id = %(source_id)s
LIMIT 1
