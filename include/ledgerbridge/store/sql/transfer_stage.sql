-- ON CONFLICT: another run staged the same revision a moment ago; then its row is the one.
WITH staged AS (
    INSERT INTO transfer (record_id, integration, module, source_id, locator, revision, content_hash, operation,
                          content, run_id, changed_at, target_draft,
                          shown_number, shown_name, shown_date, shown_amount, shown_currency)
    VALUES (%(record_id)s, %(integration)s, %(module)s, %(source_id)s, %(locator)s, %(revision)s, %(content_hash)s,
            %(operation)s, %(content)s, %(run_id)s, %(changed_at)s, %(target_draft)s,
            %(number)s, %(name)s, %(dated)s, %(amount)s, %(currency)s)
    ON CONFLICT (record_id, revision) DO NOTHING
    RETURNING *
), former AS (
    UPDATE transfer SET is_newest = false
    WHERE record_id = %(record_id)s AND is_newest AND EXISTS (SELECT FROM staged)
)
SELECT * FROM staged
