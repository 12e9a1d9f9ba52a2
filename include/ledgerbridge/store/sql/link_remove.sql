DELETE FROM link WHERE record_id = %(record_id)s RETURNING target_kind, target_id
