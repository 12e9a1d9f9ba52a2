-- The least that Ledgerbridge needs in ClientTime's database. Run by the owner; may be run again.
-- The role cannot log in: give it to a login of your own, `GRANT ledgerbridge TO the_login`.
-- Nobody else's rights are touched. Tables may be read; of all columns exactly the seven that take the
-- link and the booked result may be written (CT-3: one way, but for links, numbers and totals).

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ledgerbridge') THEN
        BEGIN
            CREATE ROLE ledgerbridge NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- roles belong to the whole server; another of its databases made it just now
        END;
    END IF;
END
$$;

GRANT USAGE ON SCHEMA public TO ledgerbridge;
GRANT SELECT ON "Division", "Department", "Team", "Customer", "Invoice", "InvoiceLine", "InvoiceLinePart",
    "InvoiceArchive" TO ledgerbridge;
GRANT UPDATE ("ForeignDebitorSystemIdentification") ON "Customer" TO ledgerbridge;
GRANT UPDATE (
    "ForeignInvoiceNumber", "ForeignNetAmount", "ForeignVatAmount", "ForeignGrossAmount", "ForeignBookedAt",
    "FiPaymentLine"
) ON "Invoice" TO ledgerbridge;

-- Absent where the customer has no triggers (change capture by polling).
DO $$
BEGIN
    IF to_regclass('ledgerbridge.change') IS NOT NULL THEN
        GRANT USAGE ON SCHEMA ledgerbridge TO ledgerbridge;
        GRANT SELECT ON ledgerbridge.change, ledgerbridge.change_horizon TO ledgerbridge;
        GRANT EXECUTE ON FUNCTION ledgerbridge.prune_changes(interval) TO ledgerbridge;
    END IF;
END
$$;
