-- Written and told in one transaction: who carries it out hears of it just when it can be seen.
WITH asked AS (
    INSERT INTO intent (integration, kind, wanted, page, asked_by)
    VALUES (%(integration)s, %(kind)s, %(wanted)s, %(page)s, %(asked_by)s)
    RETURNING intent_id
)
SELECT intent_id, pg_notify('ledgerbridge', json_build_object('module', %(integration)s || '.requests')::text) FROM asked
