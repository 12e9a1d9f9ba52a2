-- Written and told in one transaction: who carries it out hears of it just when it can be seen. Pressed twice by
-- one person it is asked for once.
WITH asked AS (
    INSERT INTO intent (integration, kind, wanted, page, asked_by)
    SELECT %(integration)s, %(kind)s, %(wanted)s, %(page)s, %(asked_by)s
    WHERE NOT EXISTS (SELECT FROM intent WHERE integration = %(integration)s AND kind = %(kind)s
                      AND wanted = %(wanted)s::jsonb AND asked_by = %(asked_by)s AND ended_at IS NULL)
    RETURNING intent_id
)
SELECT intent_id, pg_notify('ledgerbridge', json_build_object('module', %(integration)s || '.requests')::text) FROM asked
