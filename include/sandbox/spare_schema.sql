-- What changes when somebody alters a table, a trigger, a function or a right: how many rows the catalogs have, and the
-- youngest transaction that wrote one. What belongs to temporary tables comes and goes.
SELECT array_agg(format('%s %s %s', catalog, rows, youngest) ORDER BY catalog)
FROM (
    SELECT 'class' AS catalog, count(*) AS rows, max(xmin::text::bigint) AS youngest FROM pg_class
    WHERE relkind IN ('r', 'v', 'm', 'p', 'S', 'i') AND relpersistence <> 't'
      AND relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_')
    UNION ALL
    SELECT 'namespace', count(*), max(xmin::text::bigint) FROM pg_namespace WHERE nspname !~ '^pg_'
    UNION ALL
    SELECT 'trigger', count(*), max(xmin::text::bigint) FROM pg_trigger
    UNION ALL
    SELECT 'function', count(*), max(xmin::text::bigint) FROM pg_proc
    UNION ALL
    SELECT 'column', count(*), max(a.xmin::text::bigint) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relpersistence <> 't'
    UNION ALL
    SELECT 'constraint', count(*), max(xmin::text::bigint) FROM pg_constraint
    UNION ALL
    SELECT 'setting', count(*), NULL FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
    WHERE d.datname = current_database()
) seen
