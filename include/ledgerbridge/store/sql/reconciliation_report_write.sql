INSERT INTO reconciliation_report (reconciliation_id, language, format, covers, content, sha256, written_at)
VALUES (%(reconciliation_id)s, %(language)s, %(format)s, %(covers)s, %(content)s, %(sha256)s, %(written_at)s)
ON CONFLICT (reconciliation_id, language, format) DO UPDATE
SET covers = excluded.covers, content = excluded.content, sha256 = excluded.sha256, written_at = excluded.written_at
