-- Sagsbog's triggers: which of its rows are part of which record. Needs change_table.sql; may be run again.
-- What Ledgerbridge itself writes is marked and skipped in the triggers' WHEN.

CREATE OR REPLACE FUNCTION ledgerbridge.kunde_changed()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    row_now record := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    IF TG_OP <> 'UPDATE' OR NEW IS DISTINCT FROM OLD THEN
        PERFORM ledgerbridge.record_changes('customers', lower(TG_OP), ARRAY[row_now.kunde_id::text]);
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION ledgerbridge.faktura_changed()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM ledgerbridge.record_changes('invoices', 'delete', ARRAY[OLD.faktura_id::text]);
    ELSIF NEW.godkendt IS NOT NULL OR (TG_OP = 'UPDATE' AND OLD.godkendt IS NOT NULL) THEN
        PERFORM ledgerbridge.record_changes('invoices', lower(TG_OP), ARRAY[NEW.faktura_id::text]);
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION ledgerbridge.fakturalinje_changed()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    touched integer[] := ARRAY[CASE TG_OP WHEN 'INSERT' THEN NEW.faktura_id ELSE OLD.faktura_id END];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        touched := touched || NEW.faktura_id;  -- a line may have moved from one invoice to another
    END IF;
    PERFORM ledgerbridge.record_changes('invoices', 'update', ARRAY(
        SELECT faktura_id::text FROM public.faktura WHERE faktura_id = ANY (touched) AND godkendt IS NOT NULL
    ));
    RETURN NULL;
END
$$;

DO $$
DECLARE
    captured record;
BEGIN
    FOR captured IN
        SELECT * FROM (VALUES ('kunde', 'customers'), ('faktura', 'invoices'), ('fakturalinje', 'invoices'))
            AS list (table_name, module)
    LOOP
        EXECUTE format(
            'CREATE OR REPLACE TRIGGER ledgerbridge_changed AFTER INSERT OR UPDATE OR DELETE ON public.%I FOR EACH ROW '
            'WHEN (current_setting(''ledgerbridge.writing'', true) IS DISTINCT FROM ''on'') '
            'EXECUTE FUNCTION ledgerbridge.%I()',
            captured.table_name, captured.table_name || '_changed'
        );
        EXECUTE format(
            'CREATE OR REPLACE TRIGGER ledgerbridge_truncate AFTER TRUNCATE ON public.%I '
            'FOR EACH STATEMENT EXECUTE FUNCTION ledgerbridge.everything_changed(%L)',
            captured.table_name, captured.module
        );
    END LOOP;
END
$$;

REVOKE EXECUTE ON FUNCTION ledgerbridge.kunde_changed, ledgerbridge.faktura_changed, ledgerbridge.fakturalinje_changed
FROM PUBLIC;
