-- A reconciliation's own report, else the one that covers it together with others.
SELECT content, sha256
FROM reconciliation_report
WHERE language = %(language)s AND format = %(format)s AND %(reconciliation_id)s = ANY (covers)
ORDER BY reconciliation_id = %(reconciliation_id)s DESC, reconciliation_id DESC
LIMIT 1
