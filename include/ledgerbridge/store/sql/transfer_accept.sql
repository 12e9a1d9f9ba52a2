-- A person accepts a difference in VAT (CT-19); the held draft is then booked as it is.
UPDATE transfer SET accepted_by = %(actor)s, accepted_target = reason #>> '{values,target}', state = 'waiting', waits_for = 'run', reason = %(reason)s, told_at = NULL
WHERE integration = %(integration)s AND module = 'invoices' AND source_id = %(source_id)s AND state = 'rejected'
  AND reason ->> 'code' = 'invoice_vat_differs'
RETURNING *
