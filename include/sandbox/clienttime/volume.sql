-- Many plain customers and approved invoices, in seconds: for measuring, not for looking at.
-- Ids and numbers start beyond the demo's. Amounts are consistent: round() on numeric is half away from zero.
INSERT INTO "Customer" (
    "CustomerID", "CustomerCode", "Name", "Address1", "ZipCode", "City", "Country", "Phone", "Email", "CVR", "TeamID",
    "DepartmentID", "PaymentTermID", "ForeignDebitorSystemIdentification"
)
SELECT 1000000 + n, (10000000 + n)::text, 'Mængdekunde ' || n || ' ApS', 'Talrækken ' || n, '5000', 'Odense C', 'Danmark',
       '6' || lpad(n::text, 7, '0'), 'kunde' || n || '@maengde.example',
       -- Modulus 11 (danish-invoicing 1.1); none where the remainder allows none.
       CASE WHEN remainder <> 1 THEN base || (11 - remainder) %% 11 END, 1 + n %% 4, (ARRAY[1, 1, 2, 3])[1 + n %% 4], 2,
       CASE WHEN n %% 10 < 9 THEN (10000000 + n)::text END
FROM generate_series(1, %(customers)s) AS n
CROSS JOIN LATERAL (SELECT (2000000 + n)::text AS base) AS b
CROSS JOIN LATERAL (
    SELECT sum(substr(base, place, 1)::integer * (ARRAY[2, 7, 6, 5, 4, 3, 2])[place]) %% 11 AS remainder
    FROM generate_series(1, 7) AS place
) AS r;

INSERT INTO "Invoice" (
    "InvoiceID", "InvoiceNumber", "CustomerID", "DepartmentID", "PaymentTermID", "InvoiceDate", "DueDate", "CustomerCode",
    "RecipientName", "RecipientAddress", "RecipientZipCode", "RecipientCity", "RecipientCountry", "Heading", "ApprovalStatus",
    "ApprovedAt", "NetAmount", "VatAmount", "GrossAmount", "UpdatedAt"
)
SELECT 1000000 + n, (1000000 + n)::text, c."CustomerID", c."DepartmentID", 2, d.issued, d.issued + 14, c."CustomerCode",
       c."Name", c."Address1", c."ZipCode", c."City", c."Country", 'Løbende assistance', 1, d.issued + time '12:00' AT TIME ZONE 'UTC',
       t.net, round(t.net * 0.25, 2), t.net + round(t.net * 0.25, 2), d.issued
FROM generate_series(1, %(invoices)s) AS n
JOIN "Customer" AS c ON c."CustomerID" = 1000001 + (n - 1) %% %(customers)s
CROSS JOIN LATERAL (SELECT greatest(%(today)s::date - n %% 365, date '2025-01-01') AS issued) AS d
CROSS JOIN LATERAL (
    SELECT sum(round((1 + (n + line) %% 30) * 0.25 * (675 + 5 * (n %% 100)), 2)) AS net FROM generate_series(1, 1 + n %% 4) AS line
) AS t;

INSERT INTO "InvoiceLine" (
    "InvoiceID", "LineNumber", "Text", "Quantity", "Unit", "UnitPrice", "NetAmount", "VatRate", "WorkTypeID"
)
SELECT 1000000 + n, line, 'Assistance, opgave ' || line, (1 + (n + line) %% 30) * 0.25, 'timer', 675 + 5 * (n %% 100),
       round((1 + (n + line) %% 30) * 0.25 * (675 + 5 * (n %% 100)), 2), 25, 5
FROM generate_series(1, %(invoices)s) AS n
CROSS JOIN LATERAL generate_series(1, 1 + n %% 4) AS line;

ANALYZE "Customer", "Invoice", "InvoiceLine";
