-- A page of the pairs that a search finds, in the order of the report, and how many it finds in all. Beyond the last page
-- comes the last one.
WITH found AS MATERIALIZED (
    SELECT position FROM reconciliation_item
    WHERE reconciliation_id = %(reconciliation_id)s
      AND (%(class)s::text IS NULL OR %(class)s::text = ANY (classes))
      AND (%(class)s::text IS NOT NULL OR %(with_agreeing)s OR standing IN ('difference', 'not_delivered', 'notice'))
      AND (%(words)s::text IS NULL OR concat_ws(
              ' ', source ->> 'invoice_number', source ->> 'number_in_source', source ->> 'source_id',
              source ->> 'customer_name', source ->> 'customer_number', source ->> 'name', source ->> 'target_number',
              targets -> 0 ->> 'number', targets -> 0 ->> 'customer_name', targets -> 0 ->> 'name') ILIKE %(words)s)
      AND (%(first_day)s::date IS NULL
           OR coalesce(source ->> 'invoice_date', targets -> 0 ->> 'invoice_date')::date >= %(first_day)s::date)
      AND (%(last_day)s::date IS NULL
           OR coalesce(source ->> 'invoice_date', targets -> 0 ->> 'invoice_date')::date <= %(last_day)s::date)
), counted AS (SELECT count(*)::integer AS found FROM found),
shown AS (
    SELECT position FROM found ORDER BY position LIMIT %(limit)s
    OFFSET least(%(offset)s, (SELECT greatest(0, found - 1) / %(limit)s * %(limit)s FROM counted))
)
SELECT counted.found, i.position, i.main_class, i.classes, i.standing, i.source::text AS source,
       i.targets::text AS targets, i.reasons::text AS reasons
FROM counted
LEFT JOIN (SELECT i.* FROM reconciliation_item i JOIN shown USING (position)
           WHERE i.reconciliation_id = %(reconciliation_id)s) AS i ON true
ORDER BY i.position
