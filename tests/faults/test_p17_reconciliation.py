"""P17: whatever state a document is in, the reconciliation accounts for it, per period and currency."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from accounts import assert_reconciled, audit

from ledgerbridge.records import Module
from sandbox.grounds import Firm, customer, invoice

IDA, LATE = customer(521), customer(522, name="Bageriet på Hjørnet I/S", city="Ribe")


@pytest.mark.spec("P17", "P16", "X-1")
def test_every_state_is_accounted_for(new_firm: Callable[..., Firm]) -> None:
    firm = new_firm([IDA], loading={"timeout_seconds": 1})
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    firm.add([LATE])
    refused = invoice(2, IDA, invoice_date=date(2024, 12, 17))  # no accounting year there
    firm.add((), [invoice(1, IDA), refused, invoice(3, LATE)])
    firm.company.deliver(Module.INVOICES, validated=False)
    verb, path = firm.books.calls.book
    firm.control.add_fault("drop_after_commit", match=firm.books.match(method=verb, path=path))
    firm.add((), [invoice(4, IDA, invoice_date=date(2026, 2, 11)), invoice(5, IDA)])
    firm.company.deliver(Module.INVOICES, validated=False)
    firm.control.clear_faults()
    assert firm.states() == {
        "1": "delivered", "2": "rejected", "3": "waiting", "4": "in_doubt", "5": "in_doubt",
    }  # fmt: skip
    result = assert_reconciled(firm)
    assert sum(row.source.count for row in result.invoices.totals.account) == 5
    assert {row.month for row in result.invoices.totals.account} == {"2024-12", "2026-02", "2026-03"}
    audit(firm).must_be_clean()
