SELECT * FROM transfer
WHERE integration = %(integration)s AND module = %(module)s AND is_newest AND state = %(state)s::transfer_state
ORDER BY transfer_id
