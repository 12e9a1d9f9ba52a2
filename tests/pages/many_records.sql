-- %(records)s invoices and as many customers: nine in ten delivered, the others in every other state; 20,000 customers
-- of the accounts without a link, three in four of them with one suggestion or several.
INSERT INTO record (integration, module, source_id, locator)
SELECT %(name)s, module, n::text, 'many-' || module || '-' || n
FROM generate_series(1000, 999 + %(records)s) n, unnest(ARRAY['customers', 'invoices']) module;
INSERT INTO transfer (record_id, integration, module, source_id, locator, revision, content_hash, operation, content,
                      run_id, state, reason, settled_at, shown_number, shown_name, shown_date, shown_amount, shown_currency)
SELECT record_id, integration, module, source_id, locator, 1, 'x', 'deliver',
       CASE module WHEN 'customers' THEN json_build_object('source_id', source_id, 'customer_number', source_id,
                                                           'name', 'Kunde ' || source_id || ' ApS')::text ELSE '' END,
       'many', CASE WHEN source_id::integer %% 10 > 0 THEN 'delivered'
                    ELSE (ARRAY['rejected', 'waiting', 'in_doubt', 'ignored', 'unchanged'])[1 + source_id::integer / 10 %% 5]
               END::transfer_state,
       CASE WHEN source_id::integer %% 10 = 0 THEN
           jsonb_build_object('code', 'customer_undecided', 'values', jsonb_build_object('number', source_id)) END,
       now() - source_id::integer * interval '1 minute', CASE module WHEN 'customers' THEN source_id ELSE 'F' || source_id END,
       'Kunde ' || source_id || ' ApS', date '2026-01-01' + source_id::integer %% 365, source_id::integer %% 1000, 'DKK'
FROM record WHERE integration = %(name)s AND source_id::integer >= 1000;
INSERT INTO link (record_id, integration, module, target_kind, target_id, made_by)
SELECT record_id, integration, module, CASE module WHEN 'customers' THEN 'customer' ELSE 'booked_invoice' END, source_id, 'x'
FROM record WHERE integration = %(name)s AND source_id::integer >= 1000 AND (module = 'invoices' OR source_id::integer %% 5 > 0);
INSERT INTO linking_look (integration, looked_at, looked_by, targets) VALUES (%(name)s, now(), 'x', 100000);
INSERT INTO linking_target (integration, target_id, name)
SELECT %(name)s, (500000 + n)::text, 'Kunde ' || n || ' A/S' FROM generate_series(0, 19999) n;
INSERT INTO linking_candidate (integration, target_id, record_id, score, matches)
SELECT %(name)s, (500000 + n)::text, record_id, 30 + n %% 60, ARRAY['name']
FROM generate_series(0, 19999) n, generate_series(0, 1) m
JOIN record ON true
WHERE n %% 4 > m AND integration = %(name)s AND module = 'customers'
  AND source_id = (1000 + (n * 5 + 5 * m) %% %(records)s)::text;
INSERT INTO product_look (integration, looked_at, looked_by) VALUES (%(name)s, now(), 'x');
INSERT INTO product (integration, number, name, group_name, vat_rate, is_barred)
SELECT %(name)s, n::text, 'Vare ' || n, 'Ydelser', 25, n %% 50 = 0 FROM generate_series(1, 20000) n;
INSERT INTO product_in_use (integration, number, made_by)
SELECT %(name)s, n::text, 'x' FROM generate_series(1, 500) n;
INSERT INTO reconciliation (integration, kind, run_id, started_at, finished_at, counts)
SELECT %(name)s, kind, 'many', now(), now(), jsonb_build_object('agrees', %(records)s)
FROM unnest(ARRAY['customers', 'invoices']) kind;
INSERT INTO reconciliation_item (reconciliation_id, position, main_class, classes, standing, source, targets)
SELECT reconciliation_id, n, class, ARRAY[class], CASE class WHEN 'agrees' THEN 'agrees' ELSE 'not_delivered' END,
       jsonb_build_object('source_id', n::text, 'locator', 'x', 'invoice_number', 'F' || n, 'invoice_date', '2026-03-02',
                          'customer_source_id', '1', 'customer_number', '1', 'customer_name', 'Kunde ' || n || ' ApS',
                          'target_customer_number', '1', 'currency', 'DKK', 'number_in_source', n::text, 'state', 'delivered',
                          'amounts', jsonb_build_object('net', '100.00', 'vat', '25.00', 'gross', '125.00')), '[]'
FROM reconciliation, generate_series(1, %(records)s) n,
     LATERAL (SELECT CASE WHEN n %% 20 = 0 THEN 'waiting' ELSE 'agrees' END AS class) AS classed
WHERE integration = %(name)s AND kind = 'invoices';
ANALYZE
