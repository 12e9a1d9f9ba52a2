SELECT DISTINCT ON (t.record_id) t.source_id, t.state::text AS state, t.reason, t.content,
       l.target_id, l.deleted_in_source_at IS NOT NULL AS is_deleted
FROM transfer t LEFT JOIN link l USING (record_id)
WHERE t.integration = %(integration)s AND t.module = 'customers' AND t.source_id = ANY(%(source_ids)s)
ORDER BY t.record_id, t.revision DESC
