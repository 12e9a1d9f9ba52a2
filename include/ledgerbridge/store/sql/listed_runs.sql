-- Each module's newest run that has ended, and what it came to.
SELECT DISTINCT ON (module) module, run_id, started_at, settled_at, counts, records_read, read_at, calls
FROM run WHERE integration = %(integration)s
ORDER BY module, started_at DESC
