-- Which of these customers are the integration's to deliver, as it last read them.
SELECT source_id FROM transfer
WHERE integration = %(integration)s AND module = 'customers' AND source_id = ANY(%(source_ids)s)
  AND is_newest AND operation = 'deliver'
