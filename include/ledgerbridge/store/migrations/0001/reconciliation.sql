-- One comparison of both sides. Amounts inside the JSON are strings: no reader makes them floats.
CREATE TABLE reconciliation (
    reconciliation_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    integration  text NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('invoices', 'customers')),
    period_from  date,                           -- invoice dates, both ends included; null is open
    period_to    date,
    run_id       text NOT NULL,
    started_at   timestamptz NOT NULL,
    finished_at  timestamptz,                    -- null while it has not come to its end
    counts       jsonb NOT NULL DEFAULT '{}',    -- main class → how many
    totals       jsonb NOT NULL DEFAULT '{}',    -- control totals and the account of every record (P17)
    CHECK (period_from <= period_to)
);
CREATE INDEX reconciliation_newest ON reconciliation (integration, kind, reconciliation_id DESC)
    WHERE finished_at IS NOT NULL;

-- Every pair that was compared, in the order of the report.
CREATE TABLE reconciliation_item (
    reconciliation_id bigint NOT NULL REFERENCES reconciliation ON DELETE CASCADE,
    position     bigint NOT NULL,
    main_class   text NOT NULL,
    classes      text[] NOT NULL,                -- the main one first
    standing     text NOT NULL CHECK (standing IN ('difference', 'not_delivered', 'notice', 'agrees', 'outside')),
    source       jsonb,                          -- null where only the target has it
    targets      jsonb NOT NULL DEFAULT '[]',    -- more than one when it stands twice
    reasons      jsonb NOT NULL DEFAULT '[]',    -- [{class, code, values}], the main one's first
    PRIMARY KEY (reconciliation_id, position)
);
CREATE INDEX reconciliation_item_by_class ON reconciliation_item (reconciliation_id, main_class, position);

-- A written report. It may cover several reconciliations (invoices and customers of one run); it is
-- kept with the first of them. The content is gzip; the checksum is that of the file a person gets.
CREATE TABLE reconciliation_report (
    reconciliation_id bigint NOT NULL REFERENCES reconciliation ON DELETE CASCADE,
    language     text NOT NULL CHECK (language IN ('da', 'en')),
    format       text NOT NULL CHECK (format IN ('html', 'csv', 'xlsx')),
    covers       bigint[] NOT NULL,
    content      bytea NOT NULL,
    sha256       text NOT NULL,
    written_at   timestamptz NOT NULL,
    PRIMARY KEY (reconciliation_id, language, format)
);
