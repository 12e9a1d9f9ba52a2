"""What finance and on-call do: a rejection mended and cleared, a VAT difference accepted, an invoice set aside."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from branch import SYD
from office import Office

from sandbox.clienttime.rows import amount_line
from sandbox.grounds import invoice

DAG = f"{SYD}.invoices"
_numbers = count(6501)


def _bad(office: Office, **more: Any) -> str:
    """A new approved invoice of a linked customer."""
    south = office[SYD]
    number = next(_numbers)
    south.add(invoices=[invoice(number, south.rows.customers[0], **more)])
    return str(number)


@pytest.mark.spec("X-7", "X-3", "P4")
def test_a_rejection_is_told_once_and_cleared_when_the_row_is_mended(synced: Office) -> None:
    office, south = synced, synced[SYD]
    office.quiet(SYD)
    made: list[str] = []

    def both() -> None:
        made.append(_bad(office, due_date=date(2026, 1, 1)))
        south.approve(6102)

    red = office.next_run(DAG, both, "failed")
    assert office.states(red)["load"] == {"failed"}
    log = office.log(red, "load", map_index=0)
    named = f"rejected {made[0]} (id {made[0]})"
    for words in ("[due_date_before_invoice_date]", named, "2026-01-01", "Change one of", "Ret en af"):
        assert words in log
    office.until(lambda: south.newest_of("6102")[0], lambda state: state == "delivered", "the good one")

    green = office.next_run(DAG, lambda: south.approve(6103))
    assert green.state == "success"
    assert office.states(office.run(DAG))["extract"] == {"skipped"}

    # Mended where no trigger sees it, so that it is the Clear that finds it.
    south.source(
        'SET session_replication_role = replica; UPDATE "Invoice" SET "DueDate" = %s WHERE "InvoiceID" = %s',
        date(2026, 4, 1), made[0],
    )  # fmt: skip
    south.mark()
    assert office.clear(red, ("load", 0)).state == "success"
    assert south.newest_of(made[0])[0] == "delivered"
    assert south.writes() == {"POST /invoices/drafts": 1, "POST /invoices/booked": 1}
    south.accounted()


@pytest.mark.spec("CT-19", "P12", "X-4")
def test_a_vat_difference_is_held_until_a_person_accepts_it(synced: Office) -> None:
    office, south = synced, synced[SYD]
    office.quiet(SYD)
    lines = (amount_line("Kopi", "1", "33.34"), amount_line("Kopi", "1", "33.34"))
    made: list[str] = []
    red = office.next_run(DAG, lambda: made.append(_bad(office, lines=lines, vat_amount=Decimal("16.68"))), "failed")
    log = office.log(red, "load", map_index=0)
    assert "[invoice_vat_differs]" in log
    assert "16.68" in log
    assert "16.67" in log
    booked = len(south.ledger()["booked"])
    refused = office.run(DAG, {"accept_vat_difference_for": [made[0], "999"]})
    assert refused.state == "failed"
    assert "[decision_invoice_unknown]" in (told := office.log(refused, "extract"))
    assert "999" in told
    assert "bed om det igen" in told
    assert len(south.ledger()["booked"]) == booked

    accepted = office.run(DAG, {"accept_vat_difference_for": [made[0]]}, user="op")
    assert accepted.state == "success"
    assert south.newest_of(made[0])[0] == "delivered"
    assert len(south.ledger()["booked"]) == booked + 1
    by = south.ours("SELECT actor FROM history WHERE source_id = %s AND event = 'vat_difference_accepted'", made[0])
    assert by == [("op",)]
    south.accounted()


@pytest.mark.spec("X-4", "P16")
def test_a_person_sets_an_invoice_aside_and_says_why(synced: Office) -> None:
    office, south = synced, synced[SYD]
    office.quiet(SYD)
    made: list[str] = []
    office.next_run(DAG, lambda: made.append(_bad(office, due_date=date(2026, 1, 1))), "failed")
    silent = office.run(DAG, {"set_aside": made})
    assert silent.state == "failed"
    assert "[set_aside_needs_why]" in office.log(silent, "extract")
    run = office.run(DAG, {"set_aside": made, "because": "Makuleret, faktureret i hånden"}, user="op")
    assert run.state == "success"
    assert south.newest_of(made[0]) == ("ignored", "set_aside_by_person")
    reason = south.ours("SELECT reason::text FROM transfer WHERE integration = %s AND source_id = %s", SYD, made[0])
    assert "Makuleret" in reason[0][0]
    assert "op" in reason[0][0]
    south.accounted()
