-- What a firm has delivered, once more under ids that are %(step)s higher: records, links, transfers and the archive.
WITH copied AS (
    INSERT INTO record (integration, module, source_id, locator)
    SELECT integration, module, (source_id::integer + n * %(step)s)::text,
           regexp_replace(locator, '\d+$', (source_id::integer + n * %(step)s)::text)
    FROM record, generate_series(1, %(times)s) AS n
    WHERE integration = %(name)s AND module = 'invoices'
    RETURNING record_id, source_id, locator
), pairs AS (
    SELECT o.record_id AS original, c.record_id, c.source_id, c.locator,
           c.source_id::integer - o.source_id::integer AS raised
    FROM copied c JOIN record o
      ON o.integration = %(name)s AND o.module = 'invoices'
     AND o.source_id::integer = 1000001 + (c.source_id::integer - 1000001) %% %(step)s
), linked AS (
    INSERT INTO link (record_id, integration, module, target_kind, target_id, fingerprint, source_number, payload_hash,
                      target_customer, written_back_at, made_by)
    SELECT p.record_id, l.integration, l.module, l.target_kind, (l.target_id::integer + p.raised)::text, NULL,
           (l.source_number::integer + p.raised)::text, l.payload_hash, l.target_customer, now(), l.made_by
    FROM pairs p JOIN link l ON l.record_id = p.original
), archived AS (
    INSERT INTO archive (record_id, integration, booked_number, invoice_date, due_date, customer_number, currency,
                         net_amount, vat_amount, gross_amount, vat_breakdown, answer, pdf, written_back_at, keep_until)
    SELECT p.record_id, a.integration, a.booked_number + p.raised, a.invoice_date, a.due_date, a.customer_number,
           a.currency, a.net_amount, a.vat_amount, a.gross_amount, a.vat_breakdown, a.answer, a.pdf, now(), a.keep_until
    FROM pairs p JOIN archive a ON a.record_id = p.original
)
INSERT INTO transfer (record_id, integration, module, source_id, locator, revision, content_hash, operation, content,
                      state, run_id, settled_at, shown_number, shown_name, shown_date, shown_amount, shown_currency)
SELECT p.record_id, t.integration, t.module, p.source_id, p.locator, t.revision, t.content_hash, t.operation, t.content,
       t.state, t.run_id, t.settled_at, t.shown_number, t.shown_name, t.shown_date, t.shown_amount, t.shown_currency
FROM pairs p JOIN transfer t ON t.record_id = p.original
