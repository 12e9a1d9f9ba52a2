SELECT month, currency, count(*) AS documents, sum(net) AS net, sum(vat) AS vat, sum(gross) AS gross
FROM reconciliation_stage_source
WHERE in_period
GROUP BY month, currency
