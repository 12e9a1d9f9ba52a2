-- How far each module has read its source. The position is the source room's own business.
CREATE TABLE cursor_position (
    integration  text NOT NULL,
    module       text NOT NULL,
    position     text NOT NULL,
    moved_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (integration, module)
);

CREATE TABLE run (
    run_id       text PRIMARY KEY,
    integration  text NOT NULL,
    module       text NOT NULL,
    started_at   timestamptz NOT NULL DEFAULT now(),
    settled_at   timestamptz,
    counts       jsonb NOT NULL DEFAULT '{}',
    records_read integer NOT NULL DEFAULT 0,
    read_at      timestamptz,                    -- when the source had been read to its end
    calls        integer NOT NULL DEFAULT 0      -- to the target, by the tasks that have ended
);

-- One row per agreement: the hold after a 401 (P6), and what the rate headers last said (P7).
CREATE TABLE agreement (
    agreement      text PRIMARY KEY,
    held_since     timestamptz,
    hold_reason    jsonb,
    probed_at      timestamptz,
    rate_used      integer,
    rate_limit     integer,
    rate_seen_at   timestamptz
);

CREATE TABLE agreement_calls (
    agreement  text NOT NULL,
    hour       timestamptz NOT NULL,
    calls      integer NOT NULL DEFAULT 0,
    cost       integer NOT NULL DEFAULT 0,
    PRIMARY KEY (agreement, hour)
);

-- What a person has confirmed (X-11, CT-10), with the facts as they stood then.
CREATE TABLE confirmation (
    integration   text NOT NULL,
    item          text NOT NULL,
    confirmed_by  text NOT NULL,
    confirmed_at  timestamptz NOT NULL DEFAULT now(),
    facts         jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (integration, item)
);

-- Preflight's last result: which of the target's values the settings stand for.
CREATE TABLE preflight (
    integration    text PRIMARY KEY,
    settings_hash  text NOT NULL,
    passed         boolean NOT NULL,
    resolved       jsonb NOT NULL,
    items          jsonb NOT NULL,
    checked_at     timestamptz NOT NULL DEFAULT now()
);

-- What a person has decided about a customer that has no link: create it in the target, or leave it.
CREATE TABLE customer_decision (
    integration  text NOT NULL,
    source_id    text NOT NULL,
    choice       text NOT NULL CHECK (choice IN ('create', 'skip', 'undecided')),
    decided_by   text NOT NULL,
    decided_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (integration, source_id)
);
