INSERT INTO history (integration, module, source_id, transfer_id, event, run_id, actor, detail, sent, answered)
VALUES (%(integration)s, %(module)s, %(source_id)s, %(transfer_id)s, %(event)s, %(run_id)s, %(actor)s, %(detail)s,
        %(sent)s, %(answered)s)
