-- The same document on two pages (the pages shifted while they were read) is one document.
INSERT INTO reconciliation_stage_target (is_draft, number, locator, order_number, customer, currency, sort_key, fact)
VALUES %s
ON CONFLICT (is_draft, number) DO UPDATE
SET (locator, order_number, customer, currency, sort_key, fact)
  = (excluded.locator, excluded.order_number, excluded.customer, excluded.currency, excluded.sort_key, excluded.fact)
