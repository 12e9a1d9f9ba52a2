-- The record's row; made at first sight. DO UPDATE so that the row comes back either way.
INSERT INTO record (integration, module, source_id, locator)
VALUES (%(integration)s, %(module)s, %(source_id)s, %(locator)s)
ON CONFLICT (integration, module, source_id) DO UPDATE SET locator = record.locator
RETURNING record_id, locator
