-- What a person has asked for on a page. The pages write it here; the integration's «requests» DAG carries it out.
CREATE TABLE intent (
    intent_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    integration  text NOT NULL,
    kind         text NOT NULL,
    wanted       jsonb NOT NULL DEFAULT '{}',    -- what it is about; texts only
    page         text NOT NULL,                  -- where the person waits for the answer
    asked_by     text NOT NULL,
    asked_at     timestamptz NOT NULL DEFAULT now(),
    attempts     integer NOT NULL DEFAULT 0,     -- begun and not ended: cut off
    ended_at     timestamptz,
    went_well    boolean,
    outcome      jsonb,                          -- what was done, or why not: reasons
    run_id       text
);
CREATE INDEX intent_open ON intent (integration, intent_id) WHERE ended_at IS NULL;
CREATE INDEX intent_of_page ON intent (integration, page, intent_id DESC);

-- The accounts' customers without a link as they were when they were last read, for the linking guide (LK-2).
CREATE TABLE linking_look (
    integration  text PRIMARY KEY,
    looked_at    timestamptz NOT NULL,
    looked_by    text NOT NULL,
    targets      integer NOT NULL                -- customers there, linked ones included
);
CREATE TABLE linking_target (
    integration  text NOT NULL REFERENCES linking_look ON DELETE CASCADE,
    target_id    text NOT NULL,
    name         text NOT NULL,
    cvr_number   text,
    phone        text,
    email        text,
    zip          text,
    city         text,
    PRIMARY KEY (integration, target_id)
);
CREATE TABLE linking_candidate (
    integration  text NOT NULL,
    target_id    text NOT NULL,
    record_id    bigint NOT NULL REFERENCES record, -- our customer
    score        integer NOT NULL,
    matches      text[] NOT NULL,
    has_other_cvr boolean NOT NULL DEFAULT false,  -- each has a CVR number, and not the same one
    PRIMARY KEY (integration, target_id, record_id),
    FOREIGN KEY (integration, target_id) REFERENCES linking_target ON DELETE CASCADE
);
CREATE INDEX linking_candidate_of_record ON linking_candidate (record_id);

-- «These two are not the same»: it is not proposed again.
CREATE TABLE linking_refusal (
    record_id    bigint NOT NULL REFERENCES record,
    target_id    text NOT NULL,
    refused_by   text NOT NULL,
    refused_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (record_id, target_id)
);

-- A dry run: what the next runs would do, and by which hash it is known again (X-5).
CREATE TABLE plan (
    plan_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    integration  text NOT NULL,
    made_at      timestamptz NOT NULL DEFAULT now(),
    made_by      text NOT NULL,
    plan_hash    text NOT NULL,
    counts       jsonb NOT NULL,                 -- action → how many
    items        jsonb NOT NULL,                 -- the first of them, field by field
    applied_at   timestamptz,
    applied_by   text
);
CREATE INDEX plan_newest ON plan (integration, plan_id DESC);
