"""The reconciliation room: both sides compared record by record and in total (X-1, P17).

Facts come in (:mod:`facts`), pairs are judged (:mod:`classify`, :mod:`customers`), each finding has a
sentence (:mod:`explain`), totals are added up (:mod:`totals`), and reports are written (:mod:`reports`).
The room knows neither the time system nor the accounting system.
"""
