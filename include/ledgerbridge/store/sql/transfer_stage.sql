-- ON CONFLICT: another run staged the same revision a moment ago; then its row is the one.
INSERT INTO transfer (record_id, integration, module, source_id, locator, revision, content_hash, operation,
                      content, run_id, changed_at, target_draft)
VALUES (%(record_id)s, %(integration)s, %(module)s, %(source_id)s, %(locator)s, %(revision)s, %(content_hash)s,
        %(operation)s, %(content)s, %(run_id)s, %(changed_at)s, %(target_draft)s)
ON CONFLICT (record_id, revision) DO NOTHING
RETURNING *
