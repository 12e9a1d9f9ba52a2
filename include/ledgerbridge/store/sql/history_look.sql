-- The newest entry there is, the oldest transaction that is not over, and one that is newer than all that are not.
-- In a transaction of its own: its number is given after what it sees, and so above all that are under way.
SELECT (SELECT coalesce(max(entry_id), 0) FROM history) AS newest,
       pg_snapshot_xmin(pg_current_snapshot())::text AS oldest_open,
       pg_current_xact_id()::text AS after_all
