-- A page that is read again (the source changed while it was read) replaces its rows; the last word counts.
INSERT INTO reconciliation_stage_source
    (source_id, locator, draft_number, booked_number, customer, currency, sort_key, month, net, vat, gross,
     in_period, expects_target, was_sent, fact)
VALUES %s
ON CONFLICT (source_id) DO UPDATE
SET (locator, draft_number, booked_number, customer, currency, sort_key, month, net, vat, gross, in_period,
     expects_target, was_sent, fact)
  = (excluded.locator, excluded.draft_number, excluded.booked_number, excluded.customer, excluded.currency,
     excluded.sort_key, excluded.month, excluded.net, excluded.vat, excluded.gross, excluded.in_period,
     excluded.expects_target, excluded.was_sent, excluded.fact)
