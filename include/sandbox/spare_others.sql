SELECT count(*) FILTER (WHERE pg_terminate_backend(pid, 5000)), count(*)
FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
