-- What happened to whom, when, by which run, what was sent and what came back. Append-only (X-4, P19).
CREATE TABLE history (
    entry_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at           timestamptz NOT NULL DEFAULT clock_timestamp(),
    integration  text NOT NULL,
    module       text,
    source_id    text,
    transfer_id  bigint,
    event        text NOT NULL,
    run_id       text,
    actor        text NOT NULL,
    detail       jsonb NOT NULL DEFAULT '{}',
    sent         text,
    answered     text
);
CREATE INDEX history_by_transfer ON history (transfer_id, entry_id);

-- The chain: each link's hash covers the one before it, so that a changed or missing row shows.
-- It is written in batches by the settle step, so that senders never wait for each other.
CREATE TABLE history_seal (
    position    bigint PRIMARY KEY,
    entry_id    bigint NOT NULL UNIQUE,
    entry_hash  text NOT NULL,
    chain_hash  text NOT NULL,
    sealed_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER history_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON history
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER history_seal_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON history_seal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
