SELECT intent_id, integration, kind, wanted, page, asked_by, asked_at, ended_at, went_well, outcome FROM intent
WHERE integration = %(integration)s AND ended_at IS NULL ORDER BY intent_id
