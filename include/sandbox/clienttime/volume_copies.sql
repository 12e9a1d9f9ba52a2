-- Every invoice of the volume again, under ids and numbers that are higher by %(step)s each time.
WITH copied AS (
    INSERT INTO "Invoice"
    SELECT (jsonb_populate_record(i, jsonb_build_object(
               'InvoiceID', i."InvoiceID" + n * %(step)s,
               'InvoiceNumber', (i."InvoiceNumber"::bigint + n * %(step)s)::text,
               'ForeignInvoiceNumber', (i."ForeignInvoiceNumber"::bigint + n * %(step)s)::text))).*
    FROM "Invoice" AS i, generate_series(1, %(times)s) AS n
    RETURNING "InvoiceID"
)
INSERT INTO "InvoiceLine"
SELECT (jsonb_populate_record(l, jsonb_build_object(
           'InvoiceID', l."InvoiceID" + n * %(step)s,
           'InvoiceLineID', nextval(pg_get_serial_sequence('"InvoiceLine"', 'InvoiceLineID'))))).*
FROM "InvoiceLine" AS l, generate_series(1, %(times)s) AS n
