-- ClientTime's triggers: which of its rows are part of which record. Needs change_table.sql; may be run again.
--
-- Statement-level with transition tables: a bulk update of 20,000 rows calls a trigger once.
-- What Ledgerbridge itself writes is marked (`SET LOCAL ledgerbridge.writing = 'on'`) and skipped in the
-- trigger's WHEN, before any function is called.
-- A draft that was never approved is nobody's business yet: of an invoice, what is recorded is its approval,
-- every change while it is approved, the withdrawal, and its deletion.
-- Contacts and employees have no trigger: no canonical record shows them (an invoice carries its own copy of the
-- recipient and its reference). Of departments, teams and divisions the codes are shown, the names are not.

CREATE OR REPLACE FUNCTION ledgerbridge.customer_changed()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ids text[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        ids := ARRAY(SELECT "CustomerID" FROM new_rows);
    ELSIF TG_OP = 'DELETE' THEN
        ids := ARRAY(SELECT "CustomerID" FROM old_rows);
    ELSE
        -- A statement that sets what is already there changes nothing.
        ids := ARRAY(
            SELECT n."CustomerID" FROM new_rows n JOIN old_rows o USING ("CustomerID") WHERE n IS DISTINCT FROM o
        );
    END IF;
    PERFORM ledgerbridge.record_changes('customers', lower(TG_OP), ids);
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION ledgerbridge.invoice_changed()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ids text[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        ids := ARRAY(SELECT "InvoiceID" FROM new_rows WHERE "ApprovalStatus" = 1);
    ELSIF TG_OP = 'DELETE' THEN
        ids := ARRAY(SELECT "InvoiceID" FROM old_rows);
    ELSE
        ids := ARRAY(
            SELECT n."InvoiceID" FROM new_rows n JOIN old_rows o USING ("InvoiceID")
            WHERE (n."ApprovalStatus" = 1 OR o."ApprovalStatus" = 1) AND n IS DISTINCT FROM o
        );
    END IF;
    PERFORM ledgerbridge.record_changes('invoices', lower(TG_OP), ids);
    RETURN NULL;
END
$$;

-- A line is part of its invoice. One that goes because its invoice goes finds no invoice here.
CREATE OR REPLACE FUNCTION ledgerbridge.invoice_line_changed()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    touched integer[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        touched := ARRAY(SELECT DISTINCT "InvoiceID" FROM new_rows);
    ELSIF TG_OP = 'DELETE' THEN
        touched := ARRAY(SELECT DISTINCT "InvoiceID" FROM old_rows);
    ELSE
        -- Both sides: a line may have moved from one invoice to another.
        touched := ARRAY(
            SELECT n."InvoiceID" FROM new_rows n JOIN old_rows o USING ("InvoiceLineID") WHERE n IS DISTINCT FROM o
            UNION
            SELECT o."InvoiceID" FROM new_rows n JOIN old_rows o USING ("InvoiceLineID") WHERE n IS DISTINCT FROM o
        );
    END IF;
    PERFORM ledgerbridge.record_changes('invoices', 'update', ARRAY(
        SELECT "InvoiceID"::text FROM public."Invoice" WHERE "InvoiceID" = ANY (touched) AND "ApprovalStatus" = 1
    ));
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION ledgerbridge.invoice_line_part_changed()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    touched integer[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        touched := ARRAY(SELECT DISTINCT "InvoiceLineID" FROM new_rows);
    ELSIF TG_OP = 'DELETE' THEN
        touched := ARRAY(SELECT DISTINCT "InvoiceLineID" FROM old_rows);
    ELSE
        touched := ARRAY(
            SELECT n."InvoiceLineID" FROM new_rows n JOIN old_rows o USING ("InvoiceLinePartID")
            WHERE n IS DISTINCT FROM o
            UNION
            SELECT o."InvoiceLineID" FROM new_rows n JOIN old_rows o USING ("InvoiceLinePartID")
            WHERE n IS DISTINCT FROM o
        );
    END IF;
    PERFORM ledgerbridge.record_changes('invoices', 'update', ARRAY(
        SELECT i."InvoiceID"::text FROM public."Invoice" i JOIN public."InvoiceLine" l USING ("InvoiceID")
        WHERE l."InvoiceLineID" = ANY (touched) AND i."ApprovalStatus" = 1
    ));
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION ledgerbridge.department_changed()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    recoded integer[] := ARRAY(
        SELECT n."DepartmentID" FROM new_rows n JOIN old_rows o USING ("DepartmentID")
        WHERE (n."DepartmentCode", n."DivisionID") IS DISTINCT FROM (o."DepartmentCode", o."DivisionID")
    );
BEGIN
    PERFORM ledgerbridge.record_changes('customers', 'update', ARRAY(
        SELECT "CustomerID"::text FROM public."Customer" WHERE "DepartmentID" = ANY (recoded)
    ));
    PERFORM ledgerbridge.record_changes('invoices', 'update', ARRAY(
        SELECT "InvoiceID"::text FROM public."Invoice" WHERE "DepartmentID" = ANY (recoded) AND "ApprovalStatus" = 1
    ));
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION ledgerbridge.team_changed()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    recoded integer[] := ARRAY(
        SELECT n."TeamID" FROM new_rows n JOIN old_rows o USING ("TeamID")
        WHERE n."TeamCode" IS DISTINCT FROM o."TeamCode"
    );
BEGIN
    PERFORM ledgerbridge.record_changes('invoices', 'update', ARRAY(
        SELECT "InvoiceID"::text FROM public."Invoice" WHERE "TeamID" = ANY (recoded) AND "ApprovalStatus" = 1
    ));
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION ledgerbridge.division_changed()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    recoded integer[] := ARRAY(
        SELECT n."DivisionID" FROM new_rows n JOIN old_rows o USING ("DivisionID")
        WHERE n."DivisionCode" IS DISTINCT FROM o."DivisionCode"
    );
BEGIN
    PERFORM ledgerbridge.record_changes('invoices', 'update', ARRAY(
        SELECT "InvoiceID"::text FROM public."Invoice" JOIN public."Department" USING ("DepartmentID")
        WHERE "DivisionID" = ANY (recoded) AND "ApprovalStatus" = 1
    ));
    RETURN NULL;
END
$$;

DO $$
DECLARE
    captured record;
    kind text;
    transition text;
BEGIN
    FOR captured IN
        SELECT * FROM (VALUES
            ('Customer', 'customer_changed', 'customers', '{INSERT,UPDATE,DELETE,TRUNCATE}'::text[]),
            ('Invoice', 'invoice_changed', 'invoices', '{INSERT,UPDATE,DELETE,TRUNCATE}'),
            ('InvoiceLine', 'invoice_line_changed', 'invoices', '{INSERT,UPDATE,DELETE,TRUNCATE}'),
            ('InvoiceLinePart', 'invoice_line_part_changed', 'invoices', '{INSERT,UPDATE,DELETE,TRUNCATE}'),
            ('Department', 'department_changed', NULL, '{UPDATE}'),
            ('Team', 'team_changed', NULL, '{UPDATE}'),
            ('Division', 'division_changed', NULL, '{UPDATE}')
        ) AS list (table_name, function_name, module, kinds)
    LOOP
        FOREACH kind IN ARRAY captured.kinds LOOP
            IF kind = 'TRUNCATE' THEN
                EXECUTE format(
                    'CREATE OR REPLACE TRIGGER ledgerbridge_truncate AFTER TRUNCATE ON public.%I '
                    'FOR EACH STATEMENT EXECUTE FUNCTION ledgerbridge.everything_changed(%L)',
                    captured.table_name, captured.module
                );
                CONTINUE;
            END IF;
            transition := CASE kind
                WHEN 'INSERT' THEN 'NEW TABLE AS new_rows'
                WHEN 'DELETE' THEN 'OLD TABLE AS old_rows'
                ELSE 'OLD TABLE AS old_rows NEW TABLE AS new_rows'
            END;
            EXECUTE format(
                'CREATE OR REPLACE TRIGGER %I AFTER %s ON public.%I REFERENCING %s FOR EACH STATEMENT '
                'WHEN (current_setting(''ledgerbridge.writing'', true) IS DISTINCT FROM ''on'') '
                'EXECUTE FUNCTION ledgerbridge.%I()',
                'ledgerbridge_' || lower(kind), kind, captured.table_name, transition, captured.function_name
            );
        END LOOP;
    END LOOP;
END
$$;

-- A trigger fires without any right on its function; nobody needs to call these otherwise.
REVOKE EXECUTE ON FUNCTION
    ledgerbridge.everything_changed, ledgerbridge.customer_changed, ledgerbridge.invoice_changed,
    ledgerbridge.invoice_line_changed, ledgerbridge.invoice_line_part_changed, ledgerbridge.department_changed,
    ledgerbridge.team_changed, ledgerbridge.division_changed
FROM PUBLIC;
