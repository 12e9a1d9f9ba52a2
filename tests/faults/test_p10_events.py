"""P10: doubled, lost, late or reordered events change nothing in the end.

An event only starts a run; the change table is the queue. So what is disturbed are the runs (left out, made twice,
made at once, in any order) and the rows of the change table (doubled, in any order, those that a later one covers
left out). The end must be that of a twin that nobody has disturbed.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from accounts import assert_booked_once
from healing import clean_run, run
from rounds import in_rounds
from scoreboard import Score
from workers import PATIENCE, start_run

from ledgerbridge.records import Module
from sandbox.grounds import Firm, customer, invoice

NewFirm = Callable[..., Firm]

EMMA = customer(505)


@pytest.mark.spec("P10")
def test_changes_doubled_and_reordered_come_to_the_same(new_firm: NewFirm, chance: random.Random) -> None:
    firm = new_firm([EMMA], loading={"connections": 2, "chunk_size": 5})
    run(firm.company, Module.CUSTOMERS)
    ids = [4200 + n for n in range(5)]
    firm.add((), [invoice(id_, EMMA) for id_ in ids])
    for turn in range(4):
        _double(firm, chance)
        if turn == 2:  # an event that never came: the change table is the queue, the interval's sweep finds it
            firm.source('UPDATE "Customer" SET "City" = %s WHERE "CustomerID" = 505', "Vejle")
        for module in chance.sample(list(Module), 2):
            run(firm.company, module)
    assert_booked_once(firm, [str(id_) for id_ in ids])
    assert [item.fields["city"] for item in firm.books.customers()] == ["Vejle"]


def _double(firm: Firm, chance: random.Random) -> None:
    """Rows that tell of changes once more, in any order, and some that nothing has changed for."""
    rows = firm.source("SELECT DISTINCT module, source_id FROM ledgerbridge.change WHERE operation <> 'delete'")
    for module, source_id in chance.sample(rows, min(len(rows), 4)):
        firm.source(
            "INSERT INTO ledgerbridge.change (module, source_id, operation) VALUES (%s, %s, 'update')",
            module,
            source_id,
        )


def _lose(firm: Firm) -> None:
    """What a later row of the same record covers, never its last one: that would be a change nobody has told of."""
    firm.source(
        "DELETE FROM ledgerbridge.change AS earlier USING ledgerbridge.change AS later "
        "WHERE (earlier.module, earlier.source_id) = (later.module, later.source_id) AND earlier.xid < later.xid"
    )


def _change_something(twins: list[Firm], chance: random.Random, turn: int) -> None:
    """The same in both sources."""
    kind = chance.choice(("approve", "approve", "change", "change", "withdraw", "again", "customer"))
    if kind == "approve":
        for firm in twins:
            firm.add((), [invoice(4600 + turn, EMMA)])
        return
    id_ = 4600 + chance.randint(0, turn)
    statement, value = {
        "change": ('UPDATE "Invoice" SET "Heading" = %s WHERE "InvoiceID" = %s', f"Ændret {turn}"),
        "withdraw": ('UPDATE "Invoice" SET "ApprovalStatus" = %s WHERE "InvoiceID" = %s', 0),
        "again": ('UPDATE "Invoice" SET "ApprovalStatus" = %s WHERE "InvoiceID" = %s', 1),
        "customer": ('UPDATE "Customer" SET "City" = %s WHERE %s > 0', f"By {turn}"),
    }[kind]
    for firm in twins:
        firm.source(statement, value, id_)


def _disturb(firm: Firm, chance: random.Random, turn: int) -> bool:
    """None, one or several runs, after one another or at once. Whether that was anything but a run for each event."""
    is_disturbed = chance.random() < 0.5
    if is_disturbed:
        _double(firm, chance)
    if chance.random() < 0.3:
        _lose(firm)
    wanted = [chance.choice(list(Module)) for _ in range(chance.choice((0, 0, 1, 2, 3)))]
    is_disturbed = is_disturbed or len(wanted) != 1
    if len(wanted) < 2 or chance.random() < 0.5:
        for module in wanted:
            run(firm.company, module)
        return is_disturbed
    workers = [start_run(firm, module, f"at-once-{turn}-{n}") for n, module in enumerate(wanted)]
    for worker in workers:
        worker.join(PATIENCE)
        assert worker.exitcode == 0, f"turn {turn}: a run beside others ended with {worker.exitcode}"
    return is_disturbed


def _end(firm: Firm) -> dict[str, Any]:
    """What the target shows, without what it numbers itself."""
    ids = dict(firm.ours("SELECT DISTINCT locator, source_id FROM transfer WHERE module = 'invoices'"))
    documents = sorted(
        (ids[document.locator], kind, document.text, document.customer, *map(str, document.amounts))
        for kind, there in (("drafts", firm.books.drafts()), ("booked", firm.books.booked()))
        for document in there
    )
    customers = sorted((item.number, item.name, item.fields.get("city")) for item in firm.books.customers())
    approved = firm.source('SELECT "InvoiceID"::text FROM "Invoice" WHERE "ApprovalStatus" = 1')
    states = firm.states()
    open_ones = {id_: states.get(id_) for (id_,) in approved if states.get(id_) not in {"delivered", "unchanged"}}
    return {"documents": documents, "customers": customers, "open": open_ones}


@pytest.mark.spec("P10", "P8", "P18")
@in_rounds(1, divisor=10)
def test_a_disturbed_firm_ends_as_its_undisturbed_twin(
    new_firm: NewFirm, rounds: int, chance: random.Random, score: Score
) -> None:
    """As drafts, so that each revision counts: what is booked does not change any more, whoever comes first."""
    for turn in score.turns(rounds):
        twins = [
            new_firm([EMMA], invoicing={"finish": "draft"}, loading={"connections": 2, "chunk_size": 3})
            for _ in range(2)
        ]
        undisturbed, disturbed = twins
        struck = 0
        for step in range(6):
            _change_something(twins, chance, step)
            for module in Module:
                run(undisturbed.company, module)
            struck += _disturb(disturbed, chance, step)
        for firm in twins:
            clean_run(firm)
        score.round(disturbed, f"round {turn}", struck=struck > 0)
        assert _end(disturbed) == _end(undisturbed), f"round {turn}: not the same in the end"
    score.reconciled(disturbed, agrees=True)
