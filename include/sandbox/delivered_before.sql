-- Customers of the volume that a firm has delivered long ago, as our own database remembers them.
INSERT INTO record (integration, module, source_id, locator)
SELECT %(name)s, 'customers', (1000000 + n)::text, 'lb-demo-volume-' || replace(%(name)s, '_', '-') || '-' || n
FROM generate_series(1, %(customers)s) AS n;
INSERT INTO link (record_id, integration, module, target_kind, target_id, fingerprint, written_back_at, made_by)
SELECT record_id, %(name)s, 'customers', 'customer', (9000000 + source_id::integer)::text, 'old', now(), 'test'
FROM record WHERE integration = %(name)s AND module = 'customers';
INSERT INTO transfer (record_id, integration, module, source_id, locator, revision, content_hash, operation, content,
                      state, run_id)
SELECT record_id, %(name)s, 'customers', source_id, locator, 1, 'old', 'deliver', '{}', 'delivered', 'old'
FROM record WHERE integration = %(name)s AND module = 'customers';
INSERT INTO history (integration, module, source_id, event, actor, sent)
SELECT %(name)s, 'customers', source_id, 'delivered', 'test', repeat('x', 500)
FROM record WHERE integration = %(name)s AND module = 'customers';
ANALYZE record, link, transfer
