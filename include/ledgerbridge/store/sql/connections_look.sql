-- Who shares the agreement's connections now: the slots that are taken, how many other processes are at work, and how
-- many of them have less than their share. Advisory locks die with their process, so nobody needs to tidy up after one.
SELECT coalesce(array_agg(l.objid::integer) FILTER (WHERE l.objid::integer <= %(limit)s), '{}') AS taken,
       count(*) FILTER (WHERE l.objid::integer = %(present)s AND l.pid <> pg_backend_pid())::integer AS others,
       count(*) FILTER (WHERE l.objid::integer = %(hungry)s AND l.pid <> pg_backend_pid())::integer AS hungry
FROM pg_locks l
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND l.classid::bigint = (hashtext('ledgerbridge.connections/' || %(agreement)s)::bigint & 4294967295)
