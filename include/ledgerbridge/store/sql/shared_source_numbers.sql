-- Which of these customers the other integrations on the source have linked, and to which number of their accounts.
SELECT r.source_id, l.target_id
FROM shared_source mine
JOIN shared_source other ON other.source = mine.source AND other.integration <> mine.integration
JOIN record r ON r.integration = other.integration AND r.module = 'customers'
JOIN link l USING (record_id)
WHERE mine.integration = %(integration)s AND r.source_id = ANY(%(source_ids)s)
