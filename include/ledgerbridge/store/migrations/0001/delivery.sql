-- Identity. One row per source record, for ever: its locator is how it is found again in the target.
-- The row is also what a sender holds (FOR NO KEY UPDATE SKIP LOCKED), so that two revisions of one
-- record are never under way at once.
CREATE TABLE record (
    record_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    integration  text NOT NULL,
    module       text NOT NULL,
    source_id    text NOT NULL,
    locator      text NOT NULL UNIQUE CHECK (locator ~ '^[a-z0-9-]+$'),
    first_seen   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (integration, module, source_id)
);

-- The tie between one source record and one target record.
CREATE TABLE link (
    record_id     bigint PRIMARY KEY REFERENCES record,
    integration   text NOT NULL,
    module        text NOT NULL,
    target_kind   text NOT NULL CHECK (target_kind IN ('customer', 'draft_invoice', 'booked_invoice')),
    target_id     text NOT NULL,
    fingerprint   text,               -- content hash of the revision that the target now shows
    source_number text,               -- the source's number when the link was made (CT-16)
    target_cvr    text,               -- who the target's customer was when last seen (LK-7)
    target_name   text,
    payload_hash  text,               -- of what the target's draft was made from
    target_customer text,             -- whose draft it is in the target
    broken_at     timestamptz,        -- it is gone, or another company has the number: a person decides
    written_back_at      timestamptz, -- when the source's own row was told (CT-21)
    deleted_in_source_at timestamptz, -- X-12: flagged and told, never deleted in the target
    made_by       text NOT NULL,
    made_at       timestamptz NOT NULL DEFAULT now(),
    UNIQUE (integration, module, target_kind, target_id)
);

CREATE INDEX link_not_written_back ON link (record_id)
    WHERE written_back_at IS NULL AND deleted_in_source_at IS NULL;

CREATE TYPE transfer_state AS ENUM (
    'staged', 'sending', 'delivered', 'rejected', 'waiting', 'in_doubt', 'unchanged', 'ignored', 'withdrawn'
);

-- The delivery of one revision of one record.
CREATE TABLE transfer (
    transfer_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    record_id       bigint NOT NULL REFERENCES record,
    integration     text NOT NULL,
    module          text NOT NULL,
    source_id       text NOT NULL,
    locator         text NOT NULL,
    revision        integer NOT NULL CHECK (revision > 0),
    content_hash    text NOT NULL,
    operation       text NOT NULL CHECK (operation IN ('deliver', 'withdraw')),
    content         text NOT NULL,                 -- the canonical record as JSON; amounts are strings
    state           transfer_state NOT NULL DEFAULT 'staged',
    reason          jsonb,                         -- code and values of why it stands where it stands
    waits_for       text,                          -- what a waiting one waits for; see delivery/outcomes.py
    warnings        jsonb NOT NULL DEFAULT '[]',   -- told, but not in the way
    payload         text,                          -- what transform made; null until then
    step            text,                          -- the write under way or in doubt: create, replace, book, …
    generation      integer NOT NULL DEFAULT 1,    -- rises only after a definite outcome
    request_method  text,
    request_path    text,
    request_body    text,                          -- the exact bytes, frozen before they are first sent
    idempotency_key text,
    first_sent_at   timestamptz,                   -- of this key
    last_sent_at    timestamptz,
    target_draft    text,                          -- draft number that this record has in the target
    accepted_target text,                          -- the target's VAT and gross that were accepted, and no others
    accepted_by     text,                          -- who accepted a difference in VAT (CT-19)
    run_id          text NOT NULL,                 -- the run that staged it
    changed_at      timestamptz,                   -- when the source says it changed
    staged_at       timestamptz NOT NULL DEFAULT now(),
    told_at         timestamptz,                   -- when its rejection or doubt first reddened a task
    told_code       text,                          -- for which reason
    settled_at      timestamptz,
    is_newest       boolean NOT NULL DEFAULT true, -- its record's newest revision; the pages list these
    shown_number    text,                          -- what people know it by, for the pages' lists and their filters
    shown_name      text,
    shown_date      date,
    shown_amount    numeric(18, 2),
    shown_currency  text,
    UNIQUE (record_id, revision)
);
CREATE INDEX transfer_by_run ON transfer (run_id);
CREATE INDEX transfer_owed ON transfer (integration, module, state)
    WHERE state IN ('staged', 'sending', 'in_doubt', 'waiting', 'rejected');
CREATE INDEX transfer_listed ON transfer (integration, module, state, transfer_id DESC) WHERE is_newest;

-- Which load task instance answers for which transfer. A transfer that is still owed may stand in
-- the chunks of several runs; the red one is the one that met its failure, and clearing it works.
CREATE TABLE chunk_member (
    run_id       text NOT NULL,
    chunk        integer NOT NULL,
    transfer_id  bigint NOT NULL REFERENCES transfer,
    PRIMARY KEY (run_id, chunk, transfer_id)
);

-- What the target booked, and the documents (CT-2). Ledgerbridge removes nothing from it.
CREATE TABLE archive (
    record_id        bigint PRIMARY KEY REFERENCES record,
    integration      text NOT NULL,
    booked_number    bigint NOT NULL,
    invoice_date     date NOT NULL,
    due_date         date,
    customer_number  text NOT NULL,
    currency         text NOT NULL,
    net_amount       numeric(18, 2) NOT NULL,
    vat_amount       numeric(18, 2) NOT NULL,
    gross_amount     numeric(18, 2) NOT NULL,
    vat_breakdown    jsonb NOT NULL DEFAULT '[]',  -- [{rate, net, vat}] as strings, from the booked lines
    answer           text NOT NULL,                -- the target's own words
    is_foretold      boolean NOT NULL DEFAULT false,  -- the figures are what was to be booked, not read there yet
    foretold_wrongly_at timestamptz,               -- when it was read there, and was not as foretold
    foretold_wrongly    jsonb,                     -- the reason that tells it
    payment_line     text,
    pdf              bytea,
    pdf_sha256       text,
    pdf_asked_at     timestamptz,                  -- when it was last asked for in vain
    source_document        bytea,
    source_document_sha256 text,
    written_back_at  timestamptz,
    keep_until       date NOT NULL,                -- five calendar years; a financial year may end later
    archived_at      timestamptz NOT NULL DEFAULT now(),
    UNIQUE (integration, booked_number)
);
CREATE INDEX archive_without_pdf ON archive (integration, record_id) WHERE pdf IS NULL;
CREATE INDEX archive_not_written_back ON archive (integration, record_id) WHERE written_back_at IS NULL;
CREATE INDEX archive_foretold ON archive (integration, record_id) WHERE is_foretold;
CREATE INDEX archive_foretold_wrongly ON archive (integration, foretold_wrongly_at) WHERE foretold_wrongly_at IS NOT NULL;

-- Invoices that are ours and have neither been booked nor set aside by a person: their credit notes wait (P14). What
-- was delivered as a draft, by other settings, is for people to book and holds nothing back.
CREATE VIEW invoice_held_back AS
SELECT r.integration, r.source_id
FROM record r
JOIN LATERAL (SELECT t.state FROM transfer t WHERE t.record_id = r.record_id ORDER BY t.revision DESC LIMIT 1) newest
    ON true
WHERE r.module = 'invoices'
  AND newest.state IN ('staged', 'sending', 'waiting', 'rejected', 'in_doubt', 'withdrawn')
  AND NOT EXISTS (SELECT FROM archive a WHERE a.record_id = r.record_id);

-- Which part of which source each module of an integration reads: several may share one (MP-14).
CREATE TABLE source_part (
    integration  text NOT NULL,
    module       text NOT NULL,
    source       text NOT NULL,                    -- environment and the source's connection
    departments  text[],                           -- none: all of them
    PRIMARY KEY (integration, module)
);

-- Invoices with which another integration on the same source is not done: what it has of them, or may have, in its own
-- accounts. ``integration`` is the one that must wait: an invoice stands in the accounts of one of them.
CREATE VIEW invoice_held_elsewhere AS
SELECT mine.integration, r.source_id, r.integration AS held_by, l.target_kind, l.target_id
FROM source_part mine
JOIN source_part other ON other.source = mine.source AND other.integration <> mine.integration
     AND other.module = 'invoices'
JOIN record r ON r.integration = other.integration AND r.module = 'invoices'
LEFT JOIN link l USING (record_id)
WHERE mine.module = 'invoices'
  AND (l.record_id IS NOT NULL
       OR EXISTS (SELECT FROM archive a WHERE a.record_id = r.record_id)
       OR EXISTS (SELECT FROM transfer t
                  WHERE t.record_id = r.record_id
                    AND (t.step IS NOT NULL
                         OR (t.is_newest AND (t.operation = 'deliver' OR t.state <> 'withdrawn')))));
