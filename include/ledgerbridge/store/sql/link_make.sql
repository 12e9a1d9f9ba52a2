INSERT INTO link (record_id, integration, module, target_kind, target_id, fingerprint, source_number, target_cvr,
                  target_name, payload_hash, target_customer, made_by)
VALUES (%(record_id)s, %(integration)s, %(module)s, %(target_kind)s, %(target_id)s, %(fingerprint)s,
        %(source_number)s, %(target_cvr)s, %(target_name)s, %(payload_hash)s,
        %(target_customer)s, %(made_by)s)
ON CONFLICT (record_id) DO UPDATE
SET target_kind = excluded.target_kind, target_id = excluded.target_id, fingerprint = excluded.fingerprint,
    source_number = excluded.source_number, target_cvr = excluded.target_cvr, target_name = excluded.target_name,
    payload_hash = excluded.payload_hash, target_customer = excluded.target_customer,
    broken_at = NULL, made_by = excluded.made_by, made_at = now(), written_back_at = NULL, deleted_in_source_at = NULL
