SELECT EXISTS (SELECT FROM run WHERE integration = %(integration)s AND settled_at IS NULL
               AND started_at > now() - interval '2 hours') AS is_under_way
