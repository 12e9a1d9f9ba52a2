"""Years of booked invoices in seconds: copies of those that are there, under numbers and references of their own."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable

from sandbox.economic.agreement import Agreement
from sandbox.standin.jsontext import Doc

_LAST_NUMBER = re.compile(r"\d+$")


def copy_booked(agreement: Agreement, times: int, step: int) -> int:
    """Copy every booked invoice so many times; how many there are then.

    The n-th copy's own number and draft number, and the number at the end of its other reference, are n × ``step``
    higher. Nothing is posted for it in the ledger.
    """
    originals = list(agreement["booked"])
    for copied in _copies(originals, times, step):
        agreement["booked"].put(copied)
    return len(agreement["booked"])


def _copies(originals: list[Doc], times: int, step: int) -> Iterable[Doc]:
    for place in range(1, times + 1):
        for original in originals:
            copied = copy.deepcopy(original)
            copied["bookedInvoiceNumber"] += place * step
            copied["orderNumber"] = copied["bookedInvoiceNumber"]
            copied["references"]["other"] = _raised(copied["references"]["other"], place * step)
            yield copied


def _raised(reference: str, by: int) -> str:
    return _LAST_NUMBER.sub(lambda found: str(int(found[0]) + by), reference)
