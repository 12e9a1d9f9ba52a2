-- What happened to whom, when, by which run, what was sent and what came back. Append-only (X-4, P19).
-- The row as text is what is hashed, so columns are never added: what else is to be kept goes into detail.
-- The writing transaction stands first, so that it has its number before the entry draws its own: see history_reach.
CREATE TABLE history (
    written_in   xid8 NOT NULL DEFAULT pg_current_xact_id(),
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
-- What was noted of a record and of none of its transfers: links, decisions, deletions in the source.
CREATE INDEX history_by_record ON history (integration, module, source_id, entry_id) WHERE transfer_id IS NULL;

-- The chain: each link's hash covers the one before it, so that a changed or missing row shows.
-- It is written in batches by the settle step, so that senders never wait for each other.
CREATE TABLE history_seal (
    position    bigint PRIMARY KEY,
    entry_id    bigint NOT NULL UNIQUE,
    entry_hash  text NOT NULL,
    chain_hash  text NOT NULL,
    sealed_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Up to where nothing can come any more, so that the settle step need not look for entries without a seal further back.
-- Entries' numbers are drawn before commits. An entry up to next_to that was not to be seen when that was noted is of a
-- transaction older than next_after; once all of those have ended, next_to is what whole_to may become.
CREATE TABLE history_reach (
    only_row    boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    whole_to    bigint NOT NULL,
    next_to     bigint NOT NULL,
    next_after  xid8 NOT NULL
);
INSERT INTO history_reach (whole_to, next_to, next_after) VALUES (0, 0, '0');

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER history_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON history
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER history_seal_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON history_seal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
