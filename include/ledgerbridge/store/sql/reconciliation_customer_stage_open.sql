-- Both sides while they are compared; temporary for the reasons given in reconciliation_stage_open.
CREATE TEMPORARY TABLE reconciliation_stage_customer_source (
    source_id      text PRIMARY KEY,
    target_number  text,
    sort_key       text NOT NULL,
    fact           text NOT NULL
);
CREATE TEMPORARY TABLE reconciliation_stage_customer_target (
    number         text PRIMARY KEY,
    fact           text NOT NULL
);
