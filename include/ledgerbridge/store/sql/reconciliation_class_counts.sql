-- How many items have each class at all, whether it is their main one or not.
SELECT class, count(*) AS items
FROM reconciliation_item, unnest(classes) AS class
WHERE reconciliation_id = %(reconciliation_id)s
GROUP BY class
