-- What every source with triggers gets: the change table, the function by which a source's triggers
-- write to it, and the function by which old rows leave it. Run by the database's owner; may be run again.

CREATE SCHEMA IF NOT EXISTS ledgerbridge;

-- One row per record and transaction. `xid` is what a reader's cursor goes by: a serial number or a time is
-- given when a row is written, not when it is committed, so a reader that has passed it would never see a
-- transaction that commits late. `change_id` only orders the changes of one record: it is drawn while the
-- record's row is locked, and is right even when the clock is set back.
CREATE TABLE IF NOT EXISTS ledgerbridge.change (
    module     text NOT NULL,
    xid        xid8 NOT NULL DEFAULT pg_current_xact_id(),
    source_id  text NOT NULL,
    operation  text NOT NULL CHECK (operation IN ('insert', 'update', 'delete')),
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    change_id  bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (module, xid, source_id)
);
CREATE INDEX IF NOT EXISTS change_changed_at ON ledgerbridge.change USING brin (changed_at);

-- Where the change table does not tell everything: rows up to `pruned_to` are gone, and what the transaction
-- `truncated_by` removed was never listed. A reader whose cursor is older must read everything once.
CREATE TABLE IF NOT EXISTS ledgerbridge.change_horizon (
    only_row     boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    pruned_to    xid8 NOT NULL DEFAULT '0',
    truncated_by xid8 NOT NULL DEFAULT '0'
);
INSERT INTO ledgerbridge.change_horizon DEFAULT VALUES ON CONFLICT DO NOTHING;

-- Called by a source's triggers. SECURITY DEFINER: whoever may change a customer must not need, and must not
-- have, any right on the change table.
CREATE OR REPLACE FUNCTION ledgerbridge.record_changes(module_name text, kind text, source_ids text[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO ledgerbridge.change AS earlier (module, source_id, operation)
    SELECT module_name, id, kind FROM (SELECT DISTINCT unnest(source_ids) AS id) AS changed
    ON CONFLICT (module, xid, source_id) DO UPDATE
    SET operation = CASE WHEN earlier.operation = 'insert' AND excluded.operation = 'update'
                         THEN 'insert' ELSE excluded.operation END,
        changed_at = excluded.changed_at,
        change_id = DEFAULT;
    IF FOUND THEN
        -- PostgreSQL folds equal payloads of one transaction into one notification.
        PERFORM pg_notify('ledgerbridge', format('{"module": %s}', to_json(module_name)));
    END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION ledgerbridge.record_changes FROM PUBLIC;

-- For TRUNCATE, which tells no trigger what it removed.
CREATE OR REPLACE FUNCTION ledgerbridge.everything_changed()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE ledgerbridge.change_horizon SET truncated_by = pg_current_xact_id();
    PERFORM pg_notify('ledgerbridge', format('{"module": %s}', to_json(TG_ARGV[0])));
    RETURN NULL;
END
$$;

-- Removes changes older than `keep`. An integration that was off for longer reads everything once, so
-- nothing is lost; but a short `keep` makes that common, hence the seven days.
CREATE OR REPLACE FUNCTION ledgerbridge.prune_changes(keep interval)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    removed bigint;
    last_removed xid8;
BEGIN
    IF keep < interval '7 days' THEN
        RAISE EXCEPTION 'changes are kept for at least 7 days, not %', keep USING ERRCODE = 'invalid_parameter_value';
    END IF;
    WITH gone AS (
        DELETE FROM ledgerbridge.change
        WHERE changed_at < clock_timestamp() - keep
        RETURNING xid
    )
    SELECT count(*), max(xid) INTO removed, last_removed FROM gone;
    IF removed > 0 THEN
        UPDATE ledgerbridge.change_horizon SET pruned_to = greatest(pruned_to, last_removed);
    END IF;
    RETURN removed;
END
$$;
REVOKE EXECUTE ON FUNCTION ledgerbridge.prune_changes FROM PUBLIC;
