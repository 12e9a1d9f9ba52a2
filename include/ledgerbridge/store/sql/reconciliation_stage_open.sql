-- Both sides while they are compared. Temporary tables: nobody else waits for them, nothing of them is
-- left when the worker dies, and they are not written to the log. The statistics in between matter.
CREATE TEMPORARY TABLE reconciliation_stage_source (
    source_id      text PRIMARY KEY,
    locator        text,
    draft_number   text,
    booked_number  text,
    customer       text NOT NULL,
    currency       text NOT NULL,
    sort_key       text NOT NULL,
    month          text NOT NULL,
    net            numeric NOT NULL,
    vat            numeric NOT NULL,
    gross          numeric NOT NULL,
    in_period      boolean NOT NULL,
    expects_target boolean NOT NULL,
    was_sent       boolean NOT NULL,
    fact           text NOT NULL
);
CREATE TEMPORARY TABLE reconciliation_stage_target (
    is_draft       boolean NOT NULL,
    number         text NOT NULL,
    locator        text,
    order_number   text,
    customer       text NOT NULL,
    currency       text NOT NULL,
    sort_key       text NOT NULL,
    fact           text NOT NULL,
    source_id      text,
    PRIMARY KEY (is_draft, number)
);
