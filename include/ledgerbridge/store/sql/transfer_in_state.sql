SELECT * FROM (
    SELECT DISTINCT ON (record_id) * FROM transfer
    WHERE integration = %(integration)s AND module = %(module)s
    ORDER BY record_id, revision DESC
) newest WHERE state = %(state)s::transfer_state ORDER BY transfer_id
