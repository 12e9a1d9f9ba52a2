INSERT INTO run (run_id, integration, module) VALUES (%(run_id)s, %(integration)s, %(module)s)
ON CONFLICT (run_id) DO NOTHING
