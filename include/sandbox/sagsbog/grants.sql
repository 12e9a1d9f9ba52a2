-- The least that Ledgerbridge needs in Sagsbog's database. Run by the owner; may be run again.
-- Unlike ClientTime's, its customers may be made and changed: the columns that the accounts' data go to.
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
GRANT SELECT ON kunde, faktura, fakturalinje TO ledgerbridge;
GRANT INSERT (nummer, navn, adresse, postnummer, bynavn, land, telefon, email, cvr, ean, valuta, regnskab_nr)
    ON kunde TO ledgerbridge;
GRANT UPDATE (navn, adresse, postnummer, bynavn, land, telefon, email, cvr, ean, valuta, regnskab_nr)
    ON kunde TO ledgerbridge;
GRANT UPDATE (regnskab_nr, regnskab_netto, regnskab_moms, regnskab_ialt, bogfoert, betalingslinje)
    ON faktura TO ledgerbridge;

DO $$
BEGIN
    IF to_regclass('ledgerbridge.change') IS NOT NULL THEN
        GRANT USAGE ON SCHEMA ledgerbridge TO ledgerbridge;
        GRANT SELECT ON ledgerbridge.change, ledgerbridge.change_horizon TO ledgerbridge;
        GRANT EXECUTE ON FUNCTION ledgerbridge.prune_changes(interval) TO ledgerbridge;
    END IF;
END
$$;
