"""Both sides as the facts that the reconciliation room compares: source, our records, target (X-1).

:mod:`.invoices` and :mod:`.customers` read page by page; :mod:`.run` does a whole reconciliation.
"""
