SELECT locator FROM record
WHERE locator = ANY(%(locators)s) AND module = 'invoices' AND integration <> %(integration)s
