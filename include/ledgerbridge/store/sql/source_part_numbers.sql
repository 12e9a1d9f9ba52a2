-- Which of these customers the other integrations on the source have linked, and to which number of their accounts.
SELECT r.source_id, l.target_id
FROM source_part mine
JOIN source_part other ON other.source = mine.source AND other.integration <> mine.integration
     AND other.module = 'customers'
JOIN record r ON r.integration = other.integration AND r.module = 'customers'
JOIN link l USING (record_id)
WHERE mine.integration = %(integration)s AND mine.module = 'customers' AND r.source_id = ANY(%(source_ids)s)
