-- One page of what was committed since a cursor, and the cursor's own next state, in one statement: both must
-- be of the same snapshot.
--
-- %(seen)s     the snapshot up to which everything was read
-- %(reading)s  the snapshot that pages of a large set are read up to; NULL: the present one
-- %(after_xid)s, %(after_id)s  the last row of the page before; NULL: from the start
-- %(module)s, %(limit)s
--
-- What is wanted is what the present snapshot shows and the cursor's did not: so a transaction that commits
-- late is read when it commits, and nothing is read twice. On the first row `source_id` may be NULL: no change.
WITH cursor_state AS (
    SELECT %(seen)s::pg_snapshot AS seen,
           coalesce(%(reading)s::pg_snapshot, pg_current_snapshot()) AS reading,
           pg_current_snapshot() AS present
), page AS (
    SELECT c.source_id, c.operation, c.changed_at, c.change_id, c.xid
    FROM ledgerbridge.change AS c
    WHERE c.module = %(module)s
      -- The index's part: written with the value itself, so that the plan knows how little is left after it, however
      -- much the table holds. The next two lines are exact.
      AND c.xid >= pg_snapshot_xmin(%(seen)s::pg_snapshot)
      AND NOT pg_visible_in_snapshot(c.xid, %(seen)s::pg_snapshot)
      AND pg_visible_in_snapshot(c.xid, (SELECT s.reading FROM cursor_state AS s))
      AND (%(after_xid)s::xid8 IS NULL OR (c.xid, c.source_id) > (%(after_xid)s::xid8, %(after_id)s::text))
    ORDER BY c.xid, c.source_id
    LIMIT %(limit)s
)
SELECT s.reading::text AS reading,
       -- A cursor from the future is another cluster's (a restored copy): its numbers mean nothing here.
       pg_snapshot_xmax(s.seen) > pg_snapshot_xmax(s.present)
           OR h.pruned_to >= pg_snapshot_xmin(s.seen)
           OR NOT pg_visible_in_snapshot(h.truncated_by, s.seen) AS is_lost,
       p.source_id, p.operation, p.changed_at, p.change_id, p.xid::text AS xid
FROM cursor_state AS s
CROSS JOIN ledgerbridge.change_horizon AS h
LEFT JOIN page AS p ON true
ORDER BY p.xid, p.source_id
