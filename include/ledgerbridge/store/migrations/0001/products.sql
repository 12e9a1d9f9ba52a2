-- The accounts' products as they were when they were last read (TL-7).
CREATE TABLE product_look (
    integration  text PRIMARY KEY,
    looked_at    timestamptz NOT NULL,
    looked_by    text NOT NULL
);
CREATE TABLE product (
    integration  text NOT NULL REFERENCES product_look ON DELETE CASCADE,
    number       text NOT NULL,
    name         text NOT NULL,
    group_name   text NOT NULL,
    vat_rate     numeric(5, 2),                  -- to customers at home; none where it cannot be sold to them
    is_barred    boolean NOT NULL,
    PRIMARY KEY (integration, number)
);

-- Those that a person has taken into use; they outlive every look.
CREATE TABLE product_in_use (
    integration  text NOT NULL,
    number       text NOT NULL,
    made_by      text NOT NULL,
    made_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (integration, number)
);

-- What a person has chosen in the place of the settings' own default; it counts for the agreement that it was chosen in.
CREATE TABLE product_default (
    integration  text NOT NULL,
    vat_code     text NOT NULL,
    connection   text NOT NULL,                  -- of the target: a number means nothing in another agreement
    number       text NOT NULL,
    made_by      text NOT NULL,
    made_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (integration, vat_code)
);

-- The product that a person has chosen for one line of one invoice, and how the line read then.
CREATE TABLE line_product (
    record_id    bigint NOT NULL REFERENCES record,
    line_number  integer NOT NULL,
    line_text    text NOT NULL,
    vat_code     text NOT NULL,
    number       text NOT NULL,
    made_by      text NOT NULL,
    made_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (record_id, line_number)
);
