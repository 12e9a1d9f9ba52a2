"""P9: replaying or backfilling any period that is already delivered makes 0 writes. The stand-in counts them."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from healing import run
from rounds import in_rounds
from scoreboard import Score

from ledgerbridge.delivery.extracting import extract
from ledgerbridge.delivery.loading import load_chunk
from ledgerbridge.delivery.preparing import transform
from ledgerbridge.delivery.settling import settle
from ledgerbridge.records import Module
from ledgerbridge.store import chunks
from sandbox.grounds import Firm, customer, invoice

NewFirm = Callable[..., Firm]

CUSTOMERS = [customer(number) for number in (101, 102)]


@pytest.fixture
def firm(new_firm: NewFirm) -> Firm:
    firm = new_firm(CUSTOMERS, [invoice(9000 + n, CUSTOMERS[n % 2]) for n in range(4)])
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    firm.company.deliver(Module.INVOICES, validated=False)
    return firm


def _assert_nothing_was_written(firm: Firm, what: str) -> None:
    counted = firm.control.counters(firm.agreement)["sinceMark"]
    assert counted["writes"] == {}, f"{what}: a delivered period was written again: {counted['writes']}"
    repeated = counted.get("replays", {})
    assert repeated == {}, f"{what}: a request was repeated: {repeated}"
    assert counted["refusals"] == {}, f"{what}: a write was tried and refused: {counted['refusals']}"


@pytest.mark.spec("P9", "X-2", "CT-1", "CT-2")
def test_a_backfill_of_everything_makes_no_write(firm: Firm) -> None:
    assert set(firm.states().values()) == {"delivered"}
    assert set(firm.locators().values()) == {1}
    firm.control.mark(firm.agreement)
    firm.ours("DELETE FROM cursor_position")
    for module in Module:
        delivered = firm.company.deliver(module, validated=False)
        assert delivered.counts == {}
    assert firm.writes() == {}


def _forget_the_cursor(firm: Firm) -> None:
    firm.ours("DELETE FROM cursor_position")


def _forget_the_runs(firm: Firm) -> None:
    firm.ours("DELETE FROM chunk_member")
    firm.ours("DELETE FROM run")


def _tell_every_change_again(firm: Firm) -> None:
    for module, table in (("customers", "Customer"), ("invoices", "Invoice")):
        firm.source(
            "INSERT INTO ledgerbridge.change (module, source_id, operation) "
            f'SELECT %s, "{table}ID"::text, \'update\' FROM "{table}"',
            module,
        )


def _touch_without_a_change(firm: Firm) -> None:
    """Programs save what they have not changed."""
    firm.source('UPDATE "Invoice" SET "UpdatedAt" = clock_timestamp()')
    firm.source('UPDATE "Customer" SET "UpdatedAt" = clock_timestamp()')


def _change_and_change_back(firm: Firm) -> None:
    for city in ("Vejle", "Odense C"):
        firm.source('UPDATE "Customer" SET "City" = %s', city)


def _forget_what_preflight_found_and_ask_again(firm: Firm) -> None:
    firm.ours("DELETE FROM preflight")
    firm.company.switch_on()


FORGOTTEN: tuple[Callable[[Firm], None], ...] = (
    _forget_the_cursor,
    _forget_the_runs,
    _tell_every_change_again,
    _touch_without_a_change,
    _change_and_change_back,
    _forget_what_preflight_found_and_ask_again,
)


def _backfill(firm: Firm, ids: list[str], run_id: str) -> None:
    """Read just these once more, as a person does for a period."""
    with firm.company.workplace(run_id) as workplace:
        extract(workplace, Module.INVOICES, only=ids)
        with workplace.desk() as desk:
            for chunk in firm.company.chunks(run_id):
                transform(desk, chunks.members(desk.store, run_id, chunk))
        for chunk in firm.company.chunks(run_id):
            load_chunk(workplace, chunk)
        settle(workplace)


@pytest.mark.spec("P9", "P18")
@in_rounds(5, divisor=2)
@pytest.mark.parametrize("finish", ["book", "draft"])
def test_whatever_is_forgotten_or_told_again(
    new_firm: NewFirm, finish: str, rounds: int, chance: random.Random, score: Score
) -> None:
    """Over a period that grows by an invoice now and then, and from one revision of an invoice to the next."""
    first = date(2026, 1, 5)
    rows = [invoice(9000 + n, CUSTOMERS[n % 2], invoice_date=first + timedelta(days=9 * n)) for n in range(6)]
    firm = new_firm(CUSTOMERS, rows, invoicing={"finish": finish})
    for module in Module:
        run(firm.company, module)
    for turn in score.turns(rounds):
        if chance.random() < 0.2:
            id_ = 9100 + turn
            firm.add((), [invoice(id_, CUSTOMERS[0])])
            run(firm.company, Module.INVOICES)
            firm.source('UPDATE "Invoice" SET "Heading" = %s WHERE "InvoiceID" = %s', f"Nyt {turn}", id_)
            run(firm.company, Module.INVOICES)
        forgotten = chance.sample(FORGOTTEN, chance.randint(1, 3))
        what = f"round {turn}: {', '.join(item.__name__.strip('_') for item in forgotten)}"
        firm.control.mark(firm.agreement)
        for forget in forgotten:
            forget(firm)
        if chance.random() < 0.5:
            ids = list(firm.states())
            _backfill(firm, chance.sample(ids, chance.randint(1, len(ids))), f"backfill-{turn}")
        for module in chance.sample(list(Module), 2):
            run(firm.company, module)
        found = score.round(firm, what)
        _assert_nothing_was_written(firm, what)
        assert found.is_healed, f"{what}: {found.waits_for_person}"
