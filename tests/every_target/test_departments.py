"""Several integrations on one source, each with its own departments and its own accounts (MP-14)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from itertools import permutations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from rounds import in_rounds

from ledgerbridge.comparing.run import reconcile
from ledgerbridge.errors import SourceUnavailable
from ledgerbridge.reconciliation.facts import Period
from ledgerbridge.records import Module
from ledgerbridge.source.reader import SourceReader
from sandbox.clienttime.rows import amount_line
from sandbox.grounds import SYSTEMS, Firm, Grounds, customer, invoice

NORTH = customer(201)
SOUTH = customer(202, department=2, team=3)

Pair = tuple[Firm, Firm]
NewPair = Callable[..., Pair]


def _beside(grounds: Grounds, firm: Firm, system: str, departments: list[str], **more: object) -> Firm:
    """Another firm's accounts, on the same source."""
    other = grounds.firm(system=system, source={"departments": departments}, **more)
    return other.on_source_of(firm)


@pytest.fixture(params=list(permutations(SYSTEMS, 2)), ids=" and ".join)
def new_pair(grounds: Grounds, request: pytest.FixtureRequest) -> NewPair:
    """Department 10 by one target and 20 by the other, with one customer and one invoice, of 10 both of them."""

    def make(**changes: object) -> Pair:
        first = grounds.firm(
            [NORTH], [invoice(1, NORTH)], system=request.param[0], source={"departments": ["10"]}, **changes
        )
        return first, _beside(grounds, first, request.param[1], ["20"], **changes)

    return make


def _run(firm: Firm) -> Mapping[str, int]:
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    return firm.company.deliver(Module.INVOICES, validated=False).counts


def _move(firm: Firm, department: int, *, customer_too: bool = True) -> None:
    """By its number in the source: 1 is «10», 2 is «20»."""
    firm.source('UPDATE "Invoice" SET "DepartmentID" = %s', department)
    if customer_too:
        firm.source('UPDATE "Customer" SET "DepartmentID" = %s', department)


def _classes(firm: Firm) -> Mapping[str, int]:
    with firm.company.workplace(f"reconciling-{firm.name}") as workplace:
        return reconcile(workplace, Period(date(2000, 1, 1), None)).invoices.counts


def _lose_the_next_answers(firm: Firm) -> None:
    for method, path in (firm.books.calls.create_draft, firm.books.calls.book):
        match = firm.books.match(method=method, path=path, nth=1)
        firm.control.add_fault("drop_after_commit", match=match)


def _there(*firms: Firm) -> list[tuple[int, int]]:
    """(drafts, booked) of each."""
    return [(len(firm.books.drafts()), len(firm.books.booked())) for firm in firms]


@pytest.mark.spec("MP-14", "CT-1", "CT-3")
def test_each_integration_has_its_own_departments(grounds: Grounds) -> None:
    north = grounds.firm(
        [NORTH, SOUTH],
        [invoice(1, NORTH), invoice(2, SOUTH), invoice(3, SOUTH)],
        system=SYSTEMS[0],
        source={"departments": ["10"]},
    )
    south = _beside(grounds, north, SYSTEMS[1], ["20", "30"])
    for firm in (north, south):
        for module in Module:
            firm.company.deliver(module, validated=False)
    assert ([item.number for item in north.books.customers()], len(north.books.booked())) == (["201"], 1)
    assert ([item.number for item in south.books.customers()], len(south.books.booked())) == (["202"], 2)
    rows = north.source('SELECT "InvoiceID", "ForeignInvoiceNumber" FROM "Invoice" ORDER BY 1')
    numbers = {item.number for item in (*north.books.booked(), *south.books.booked())}
    assert {int(number) for _, number in rows} == numbers
    assert (north.states(), south.states()) == ({"1": "delivered"}, {"2": "delivered", "3": "delivered"})
    for firm in (north, south):
        assert firm.company.deliver(Module.INVOICES, validated=False).counts == {}


@pytest.mark.spec("MP-14", "X-12")
def test_a_customer_that_moves_to_another_department_stays_in_the_accounts(grounds: Grounds) -> None:
    firm = grounds.firm([NORTH], source={"departments": ["10"]})
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    firm.source('UPDATE "Customer" SET "DepartmentID" = 2 WHERE "CustomerID" = 201')
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    assert [item.number for item in firm.books.customers()] == ["201"]
    assert firm.ours("SELECT deleted_in_source_at IS NOT NULL FROM link") == [(True,)]


@pytest.mark.spec("MP-14", "X-12")
def test_a_customer_that_comes_back_is_followed_again(new_pair: NewPair) -> None:
    north, south = new_pair()
    for department, street in ((1, "Første Gade 1"), (2, "Anden Gade 2"), (1, "Tredje Gade 3")):
        _move(north, department)
        north.source('UPDATE "Customer" SET "Address1" = %s', street)
        north.company.deliver(Module.CUSTOMERS, validated=False)
        south.company.deliver(Module.CUSTOMERS, validated=False)
    streets = [[item.fields["address"] for item in firm.books.customers()] for firm in (north, south)]
    assert streets == [["Tredje Gade 3"], ["Anden Gade 2"]]
    flags = north.ours("SELECT integration, deleted_in_source_at IS NOT NULL FROM link ORDER BY 2")
    assert flags == [(north.name, False), (south.name, True)]
    events = north.ours(
        "SELECT event FROM history WHERE integration = %s AND event IN "
        "('back_in_source', 'moved_to_another_department') ORDER BY entry_id",
        north.name,
    )
    assert events == [("moved_to_another_department",), ("back_in_source",)]


@pytest.mark.spec("MP-14", "CT-21", "P13")
def test_the_number_of_other_accounts_is_not_taken_for_ours(new_pair: NewPair) -> None:
    north, south = new_pair()
    _run(north)
    south.books.add_customer("201", "En helt anden A/S")
    _move(north, 2)
    _run(south)
    assert south.ours("SELECT 1 FROM link WHERE integration = %s", south.name) == []
    assert [item.name for item in south.books.customers()] == ["En helt anden A/S"]
    assert south.states(Module.CUSTOMERS) == {"201": "waiting"}, "a person decides whether they are the same"


@pytest.mark.spec("MP-14", "X-8", "P1")
def test_a_draft_whose_invoice_moves_is_taken_back_before_the_other_accounts_get_one(new_pair: NewPair) -> None:
    north, south = new_pair(invoicing={"finish": "draft"})
    _run(north)
    _move(north, 2)
    _run(south)
    assert (_there(north, south), south.reasons()) == ([(1, 0), (0, 0)], {"1": "invoice_held_elsewhere"})
    _run(south)
    assert south.reasons() == {"1": "invoice_held_elsewhere"}, "and it goes on waiting"
    _run(north)
    assert (_there(north, south), north.reasons()) == ([(0, 0), (0, 0)], {"1": "invoice_moved"})
    _run(south)
    assert (_there(north, south), south.states()) == ([(0, 0), (1, 0)], {"1": "delivered"})
    assert _run(north) == _run(south) == {}
    _move(north, 1)
    _run(south)
    _run(north)
    assert _there(north, south) == [(1, 0), (0, 0)]


@pytest.mark.spec("MP-14", "X-8", "P1", "P2")
def test_what_was_booked_in_one_set_of_accounts_is_booked_in_no_other(new_pair: NewPair) -> None:
    north, south = new_pair()
    method, path = north.books.calls.book
    north.control.add_fault("drop_after_commit", match=north.books.match(method=method, path=path))
    _run(north)
    north.control.clear_faults()
    assert north.states() == {"1": "in_doubt"}
    _move(north, 2)
    _run(south)
    assert (_there(south), south.reasons()) == ([(0, 0)], {"1": "invoice_held_elsewhere"})
    _run(north)
    assert north.reasons() == {"1": "invoice_moved_after_booking"}
    north.source('UPDATE "Invoice" SET "Heading" = \'B\'')
    _run(south)
    assert (_there(north, south), south.reasons()) == ([(0, 1), (0, 0)], {"1": "invoice_booked_elsewhere"})
    assert _classes(north) == {"changed_in_source_after_booking": 1}
    assert _classes(south) == {"waiting": 1}
    _move(north, 1)
    north.source('UPDATE "Invoice" SET "Heading" = NULL')
    _run(south)
    _run(north)
    assert (south.reasons(), north.states()) == ({"1": "invoice_moved"}, {"1": "delivered"})
    assert _there(north, south) == [(0, 1), (0, 0)]


@pytest.mark.spec("MP-14", "CT-9")
def test_an_invoice_to_another_departments_customer_says_so_and_goes_on_when_it_is_moved(new_pair: NewPair) -> None:
    north, south = new_pair()
    _move(north, 2, customer_too=False)
    _run(north)
    _run(south)
    assert (south.reasons(), _there(south)) == ({"1": "customer_of_other_department"}, [(0, 0)])
    _move(north, 2)
    _run(south)
    assert (south.states(), _there(north, south)) == ({"1": "delivered"}, [(0, 0), (0, 1)])


def _runs(*firms: Firm) -> None:
    for _ in range(3):
        for firm in firms:
            _run(firm)


def _make_its_vat_wrong(firm: Firm) -> None:
    """So that its draft is held, and a task is red for it."""
    firm.source('UPDATE "Invoice" SET "VatAmount" = "VatAmount" + 1, "GrossAmount" = "GrossAmount" + 1')


@pytest.mark.spec("MP-14", "X-7", "X-8")
def test_clearing_the_task_of_a_held_draft_that_has_moved_takes_it_back(new_pair: NewPair) -> None:
    north, south = new_pair()
    _make_its_vat_wrong(north)
    north.company.deliver(Module.CUSTOMERS, validated=False)
    red = north.company.deliver(Module.INVOICES, validated=False)
    assert red.trouble == {"1": "invoice_vat_differs"}
    _move(north, 2)
    north.company.clear(red.run_id)
    assert (_there(north), north.reasons()) == ([(0, 0)], {"1": "invoice_moved"})
    _runs(south, north)
    assert south.reasons() == {"1": "invoice_vat_differs"}


@pytest.mark.spec("MP-14", "X-3", "X-8")
def test_a_moved_invoice_that_cannot_be_read_is_taken_back_when_it_can(new_pair: NewPair) -> None:
    north, south = new_pair()
    _make_its_vat_wrong(north)
    _run(north)
    _move(north, 2)
    north.source('UPDATE "Invoice" SET "RecipientCountry" = %s', "Utopia")
    _runs(north, south)
    assert _there(north, south) == [(1, 0), (0, 0)]
    north.source('UPDATE "Invoice" SET "RecipientCountry" = %s', "DK")
    _runs(north, south)
    assert (_there(north), south.reasons()) == ([(0, 0)], {"1": "invoice_vat_differs"})


@pytest.mark.spec("MP-14", "X-8")
def test_departments_that_the_settings_give_to_another_are_given_up(grounds: Grounds) -> None:
    """No row of the source changes for that."""
    both = grounds.firm(
        [NORTH, SOUTH],
        [invoice(1, SOUTH), invoice(2, NORTH)],
        system=SYSTEMS[0],
        source={"departments": ["10", "20"]},
        invoicing={"finish": "draft"},
    )
    _run(both)
    north = both.with_settings(source={"departments": ["10"]})
    north.company.switch_on()
    south = _beside(grounds, north, SYSTEMS[1], ["20"], invoicing={"finish": "draft"})
    _runs(south, north)
    assert (_there(north, south), south.states()) == ([(1, 0), (1, 0)], {"1": "delivered"})
    everything = north.with_settings(source={"departments": ["10", "20"]})
    everything.company.switch_on()
    _runs(everything)
    assert everything.reasons() == {"1": "invoice_held_elsewhere", "2": None}


@pytest.mark.spec("MP-14", "X-8", "P18")
def test_a_run_that_is_cut_off_gives_them_up_the_next_time(grounds: Grounds, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = {"system": SYSTEMS[0], "invoicing": {"finish": "draft"}}
    both = grounds.firm([NORTH, SOUTH], [invoice(1, SOUTH)], source={"departments": ["10", "20"]}, **changes)
    _run(both)
    north = both.with_settings(source={"departments": ["10"]})
    north.company.switch_on()

    def away(*_: object, **__: object) -> None:
        raise SourceUnavailable("source_unreachable", cause="gone")

    with monkeypatch.context() as patch:
        patch.setattr(SourceReader, "every_id", away)
        with pytest.raises(SourceUnavailable):
            north.company.deliver(Module.INVOICES, validated=False)
    assert _there(north) == [(1, 0)]
    _run(north)
    assert _there(north) == [(0, 0)]


@pytest.mark.spec("MP-14", "P1")
@pytest.mark.parametrize("finish", ["draft", "book"])
def test_a_company_that_is_divided_sends_nothing_twice(grounds: Grounds, finish: str) -> None:
    """One integration had all of it. Its last answer was lost, and the second integration runs first."""
    whole = grounds.firm([NORTH, SOUTH], [invoice(1, SOUTH)], system=SYSTEMS[0], invoicing={"finish": finish})
    calls = whole.books.calls
    method, path = calls.book if finish == "book" else calls.create_draft
    whole.control.add_fault("drop_after_commit", match=whole.books.match(method=method, path=path))
    _run(whole)
    whole.control.clear_faults()
    north = whole.with_settings(source={"departments": ["10"]})
    north.company.switch_on()
    south = _beside(grounds, north, SYSTEMS[1], ["20"], invoicing={"finish": finish})
    _run(south)
    assert (sum(_there(whole)[0]), _there(south)) == (1, [(0, 0)])
    _runs(north, south)
    assert sum(map(sum, _there(north, south))) == 1


@pytest.mark.spec("MP-14", "P14")
@pytest.mark.parametrize("held", [True, False])
def test_a_credit_note_waits_beside_an_invoice_of_other_accounts(grounds: Grounds, *, held: bool) -> None:
    north = grounds.firm([NORTH, SOUTH], [invoice(1, NORTH)], system=SYSTEMS[0], source={"departments": ["10"]})
    south = _beside(grounds, north, SYSTEMS[1], ["20"])
    if held:
        _make_its_vat_wrong(north)
    _runs(north, south)
    gives_back = amount_line("Kredit", "-2.5", "1150")
    north.add([], [invoice(2, SOUTH, gives_back, is_credit_note=True, original_id=1)])
    _runs(north, south)
    assert (_there(south), south.reasons()) == ([(0, 0)], {"2": "original_elsewhere"})
    north.source('UPDATE "Invoice" SET "DepartmentID" = 1, "CustomerID" = 201 WHERE "InvoiceID" = 2')
    _runs(north, south)
    assert len(north.books.booked()) == (0 if held else 2)


@pytest.mark.spec("MP-14", "X-6")
def test_what_is_said_of_an_invoice_that_waits_follows_what_becomes_of_it(new_pair: NewPair) -> None:
    north, south = new_pair(invoicing={"finish": "draft"})
    _run(north)
    (draft,) = north.books.drafts()
    north.books.book_draft(draft.number)
    _move(north, 2)
    _run(south)
    assert south.reasons() == {"1": "invoice_held_elsewhere"}
    _run(north)
    _run(south)
    assert south.reasons() == {"1": "invoice_booked_elsewhere"}
    told = "SELECT count(*) FROM history WHERE integration = %s AND source_id = '1' AND event = 'waiting'"
    before = south.ours(told, south.name)
    _runs(south)
    assert south.ours(told, south.name) == before, "it is said once"


MOVES = st.sampled_from(["to north", "to south", "answer lost", "changed"])
RUNS = st.sampled_from(["north runs", "south runs"])
STEPS = st.lists(st.tuples(RUNS, MOVES, RUNS), min_size=2, max_size=4).map(
    lambda turns: [s for turn in turns for s in turn]
)


def _take(north: Firm, south: Firm, step: str) -> None:
    if step == "answer lost":
        for firm in (north, south):
            _lose_the_next_answers(firm)
    elif step.startswith("to "):
        _move(north, 1 if step == "to north" else 2)
    elif step == "changed":
        north.source('UPDATE "Invoice" SET "Heading" = coalesce("Heading", \'\') || \'!\'')
    else:
        _run(north if step == "north runs" else south)


@pytest.mark.spec("MP-14", "P1", "P3")
@in_rounds(4)
def test_whatever_happens_an_invoice_stands_in_one_set_of_accounts(grounds: Grounds, rounds: int) -> None:
    @settings(
        max_examples=rounds,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(steps=STEPS, finish=st.sampled_from(["draft", "book"]))
    def walk(steps: list[str], finish: str) -> None:
        _walk(grounds, steps, finish)

    walk()


def _walk(grounds: Grounds, steps: list[str], finish: str) -> None:
    north = grounds.firm(
        [NORTH],
        [invoice(1, NORTH)],
        system=SYSTEMS[0],
        source={"departments": ["10"]},
        invoicing={"finish": finish},
    )
    south = _beside(grounds, north, SYSTEMS[1], ["20"], invoicing={"finish": finish})
    try:
        for step in steps:
            _take(north, south, step)
            assert sum(map(sum, _there(north, south))) <= 1, (step, _there(north, south))
        for firm in (north, south):
            firm.control.clear_faults()
        for firm in (south, north, south, north):
            _run(firm)
        drafts, booked = (sum(column) for column in zip(*_there(north, south), strict=True))
        assert (drafts, booked) == ((1, 0) if finish == "draft" else (0, 1)), (north.reasons(), south.reasons())
    finally:
        grounds.clear_away()
