"""P2, P3: after a lost answer the target is asked first; the same key and bytes while the key is known there."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import requests
from accounts import assert_accounted, assert_booked_once
from healing import clean_run, run
from rounds import in_rounds
from scoreboard import Score
from troubles import customer_calls, invoice_calls, spoil_answers, strikes

from ledgerbridge.delivery import writing
from ledgerbridge.delivery.invoice_keeping import created_draft
from ledgerbridge.errors import TryAgain
from ledgerbridge.records import Module
from ledgerbridge.store import chunks
from ledgerbridge.target.registry import target_kind
from sandbox.grounds import SYSTEMS, Firm, customer, invoice

BO = customer(502)
WRITES = ["create_draft", "book"]
HAS_KEYS = pytest.mark.parametrize(
    "system", [name for name in SYSTEMS if target_kind(name).key_lifetime is not None], indirect=True
)


@pytest.fixture
def firm(new_firm: Callable[..., Firm]) -> Firm:
    firm = new_firm([BO], loading={"timeout_seconds": 1})
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    firm.add((), [invoice(8001, BO)])
    firm.control.mark(firm.agreement)
    return firm


def _deliver(firm: Firm, minutes: int = 0) -> dict[str, str]:
    if minutes:
        firm.ours(
            "UPDATE transfer SET first_sent_at = first_sent_at - earlier, last_sent_at = last_sent_at - earlier "
            "FROM (SELECT %s::interval AS earlier) AS given",
            f"{minutes} minutes",
        )
    firm.company.deliver(Module.INVOICES, validated=False)
    assert_accounted(firm)
    return firm.states()


def _call(firm: Firm, write: str, **more: object) -> dict[str, Any]:
    """A fault rule's match on the first one of these writes, unless it says otherwise."""
    method, path = getattr(firm.books.calls, write)
    return firm.books.match(method=method, path=path, **(more or {"nth": 1}))


def _silence_reads(firm: Firm) -> list[int]:
    """No question is answered; the rules' numbers."""
    calls = firm.books.calls
    return [
        firm.control.add_fault("status", match=firm.books.match(method=method, path=path), status=500)
        for method, path in (calls.read_documents, calls.read_customers)
    ]


def _write_counts(firm: Firm) -> dict[str, int]:
    """How many drafts were made and booked since the mark."""
    counts = dict.fromkeys(WRITES, 0)
    for name, number in firm.writes().items():
        method, _, path = name.partition(" ")
        for write in WRITES:
            verb, pattern = getattr(firm.books.calls, write)
            if method == verb and re.search(pattern, path):
                counts[write] += number
    return counts


def _sent(firm: Firm, call: str) -> list[tuple[str, str]]:
    """(key, body) of every time that a request was sent."""
    return [
        (str(key), str(body))
        for key, body in firm.ours(
            "SELECT detail ->> 'key', sent FROM history WHERE event = 'sent' AND detail ->> 'call' = %s "
            "ORDER BY entry_id",
            call,
        )
    ]


@pytest.mark.spec("P2", "X-2")
@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize(
    ("effect", "more"),
    [
        ("drop_after_commit", {}),
        ("cut_answer", {}),
        ("empty", {}),
        ("wrong_types", {}),
        ("html", {"when": "after", "status": 502}),
        ("status", {"when": "after", "status": 503}),
        ("delay_after_commit", {"seconds": 3}),
        ("drop_before", {}),
        ("status", {"when": "before", "status": 500}),
    ],
)
def test_an_answer_that_was_lost_is_looked_for(firm: Firm, write: str, effect: str, more: dict[str, object]) -> None:
    firm.control.add_fault(effect, match=_call(firm, write), **more)
    assert _deliver(firm) == {"8001": "in_doubt"}
    assert _deliver(firm) == {"8001": "delivered"}
    assert_booked_once(firm, ["8001"])
    assert _write_counts(firm) == {"create_draft": 1, "book": 1}


@pytest.mark.spec("P2")
def test_while_the_target_cannot_be_asked_it_stays_in_doubt(firm: Firm) -> None:
    firm.control.add_fault("drop_after_commit", match=_call(firm, "create_draft"))
    _deliver(firm)
    silent = _silence_reads(firm)
    for _ in range(3):
        assert _deliver(firm) == {"8001": "in_doubt"}
    assert _write_counts(firm) == {"create_draft": 1, "book": 0}
    for rule in silent:
        firm.control.clear_faults(rule)
    assert _deliver(firm) == {"8001": "delivered"}
    assert_booked_once(firm, ["8001"])


@pytest.mark.spec("P2", "X-8")
def test_a_newer_revision_waits_until_the_older_one_is_known(firm: Firm) -> None:
    firm.control.add_fault("drop_after_commit", match=_call(firm, "create_draft"))
    _deliver(firm)
    silent = _silence_reads(firm)
    firm.source('UPDATE "Invoice" SET "Heading" = %s WHERE "InvoiceID" = 8001', "Nyt")
    assert _deliver(firm) == {"8001": "waiting"}
    assert firm.reasons() == {"8001": "older_revision_in_doubt"}
    assert _write_counts(firm) == {"create_draft": 1, "book": 0}
    for rule in silent:
        firm.control.clear_faults(rule)
    assert _deliver(firm) == {"8001": "delivered"}
    assert [item.text.splitlines()[0] for item in firm.books.booked()] == ["Nyt"]
    assert_booked_once(firm, ["8001"])


@pytest.mark.spec("P2")
def test_the_settle_time_is_waited_out_and_holds_nobody_else_back(new_firm: Callable[..., Firm]) -> None:
    firm = new_firm([BO], loading={"timeout_seconds": 1, "settle_seconds": 60, "connections": 4})
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    firm.add((), [invoice(8010 + n, BO) for n in range(8)])
    firm.control.add_fault("drop_after_commit", match=_call(firm, "book", count=4))
    _deliver(firm)
    firm.add((), [invoice(8030 + n, BO) for n in range(8)])
    states = _deliver(firm)
    assert [states[str(8030 + n)] for n in range(8)] == ["delivered"] * 8
    assert sorted(states.values()).count("in_doubt") == 4
    assert set(_deliver(firm, minutes=2).values()) == {"delivered"}
    assert set(firm.locators().values()) == {1}


@HAS_KEYS
@pytest.mark.spec("P3")
def test_within_the_keys_life_the_same_key_and_bytes_are_sent(firm: Firm) -> None:
    firm.control.add_fault("drop_before", match=_call(firm, "create_draft"))
    _deliver(firm)
    assert _deliver(firm, minutes=54) == {"8001": "delivered"}
    first, second = _sent(firm, "POST /invoices/drafts")
    assert first == second


@HAS_KEYS
@pytest.mark.spec("P2", "P3")
@pytest.mark.parametrize("refused_by", ["too many calls", "revoked token", "missing role"])
def test_a_repetition_that_nobody_looked_at_says_nothing_of_the_first(firm: Firm, refused_by: str) -> None:
    """Its key stays, or the draft that it may have made would get a twin."""
    firm.control.add_fault("drop_before", match=_call(firm, "create_draft"))
    _deliver(firm)
    if refused_by == "too many calls":
        firm.control.add_fault("status", match=_call(firm, "create_draft", count=99), status=429, retryAfter=600)
    elif refused_by == "revoked token":
        firm.books.revoke()
    else:
        firm.books.take_rights()
    run_id = firm.company.deliver(Module.INVOICES, validated=False).run_id
    assert firm.states() == {"8001": "in_doubt"}
    firm.control.clear_faults()
    firm.books.restore()
    firm.books.give_rights()
    firm.company.clear(run_id)
    assert _deliver(firm) == {"8001": "delivered"}
    assert len(set(_sent(firm, "POST /invoices/drafts"))) == 1
    assert_booked_once(firm, ["8001"])


@HAS_KEYS
@pytest.mark.spec("P2", "P3")
@pytest.mark.parametrize(("path", "generation"), [("/invoices/drafts", 1), ("/invoices/booked", 2)])
def test_a_key_that_the_target_knows_from_other_bytes_is_not_used_again(firm: Firm, path: str, generation: int) -> None:
    """As when the first request was cut off on its way: the key would be refused for an hour."""
    step = {"/invoices/drafts": "create-draft", "/invoices/booked": "book"}[path]
    economic = firm.company.addresses.target
    key = f"lb-demo-{firm.name.replace('_', '-')}-inv-8001-r1-g{generation}-{step}"
    headers = {**economic.headers(), "Idempotency-Key": key}
    assert requests.post(economic.url + path, json={}, headers=headers, timeout=10).status_code == 400
    assert _deliver(firm) == {"8001": "in_doubt"}
    assert firm.reasons() == {"8001": "economic_key_refused"}
    assert _deliver(firm) == {"8001": "delivered"}
    assert_booked_once(firm, ["8001"])
    first, second = _sent(firm, f"POST {path}")
    assert (first[0], first[1]) == (key, second[1])
    assert second[0] != key


@HAS_KEYS
@pytest.mark.spec("P3")
@pytest.mark.parametrize("minutes", [59, 61])
@pytest.mark.parametrize("effect", ["drop_before", "drop_after_commit"])
@pytest.mark.parametrize("write", WRITES)
def test_beyond_it_the_key_is_new_and_the_target_was_asked(firm: Firm, write: str, effect: str, minutes: int) -> None:
    """The key's hour is the sandbox's own: at 61 minutes a replay would be executed again."""
    firm.control.add_fault(effect, match=_call(firm, write))
    _deliver(firm)
    firm.control.set_clock_offset(minutes * 60)
    assert _deliver(firm, minutes=minutes) == {"8001": "delivered"}
    assert_booked_once(firm, ["8001"])
    sent = _sent(firm, f"POST {getattr(firm.books.calls, write)[1].rstrip('$')}")
    assert len({key for key, _ in sent}) == len(sent) == (2 if effect == "drop_before" else 1)


@pytest.mark.spec("P2", "P3")
def test_a_draft_in_doubt_that_a_person_deleted_is_made_anew(firm: Firm) -> None:
    """Where there are keys, the first one's answer names a draft that is gone."""
    firm.control.add_fault("drop_after_commit", match=_call(firm, "create_draft"))
    _deliver(firm)
    firm.books.remove_draft(firm.books.drafts()[0].number)
    assert _deliver(firm) == {"8001": "delivered"}
    assert_booked_once(firm, ["8001"])


@HAS_KEYS
@pytest.mark.spec("P2", "P3")
def test_a_second_replay_that_names_a_draft_that_is_gone_is_not_believed(firm: Firm) -> None:
    """A new key cannot have been used before: else each answer would lead to the next creation."""
    with firm.company.workplace("ready") as workplace:
        firm.company.prepare(workplace, Module.INVOICES, validated=False)
        with workplace.desk() as desk:
            (transfer,) = chunks.members(desk.store, "ready")
            request = desk.target.create_draft(transfer.payload or "")
            transfer, answer = writing.send(desk, transfer, writing.Step.CREATE_DRAFT, request)
            number = firm.books.drafts()[0].number
            firm.books.remove_draft(number)
            with pytest.raises(TryAgain, match=f"draft {number} is not there"):
                created_draft(desk, transfer, replace(answer, was_replayed=True), is_again=True)
    assert firm.writes() == {"POST /invoices/drafts": 1}


@pytest.mark.spec("P2", "CT-3", "CT-5")
@pytest.mark.parametrize("effect", ["drop_after_commit", "drop_before", "wrong_types"])
def test_a_customer_whose_answer_was_lost_is_made_once(firm: Firm, effect: str) -> None:
    firm.control.add_fault(effect, match=_call(firm, "create_customer"))
    firm.add([customer(777)])
    for expected in ("in_doubt", "delivered"):
        firm.company.deliver(Module.CUSTOMERS, validated=False)
        assert firm.states(Module.CUSTOMERS)["777"] == expected
    assert sum(firm.writes().values()) == 1
    assert [item.number for item in firm.books.customers()].count("777") == 1


@pytest.mark.spec("P2", "CT-3")
def test_a_customers_update_in_doubt_and_the_change_taken_back(firm: Firm) -> None:
    """B arrived and its answer did not; then the source says A again: A must be sent, though A was shown last."""
    firm.control.add_fault("drop_after_commit", match=_call(firm, "update_customer"))
    for city in ("Vejle", "Odense C"):
        firm.source('UPDATE "Customer" SET "City" = %s WHERE "CustomerID" = 502', city)
        firm.company.deliver(Module.CUSTOMERS, validated=False)
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    assert [item.fields["city"] for item in firm.books.customers()] == ["Odense C"]


@pytest.mark.spec("P2", "X-8")
@pytest.mark.parametrize(
    ("effect", "more"),
    [
        ("empty", {"when": "before"}),
        ("empty", {"when": "after"}),
        ("html", {"when": "before", "status": 200}),
        ("wrong_types", {}),
        ("drop_before", {}),
        ("drop_after_commit", {}),
    ],
)
def test_a_draft_is_gone_when_the_target_says_so(
    new_firm: Callable[..., Firm], effect: str, more: dict[str, object]
) -> None:
    """A 200 with nothing in it does not: it may come from anything in between."""
    firm = new_firm([BO], [invoice(8001, BO)], loading={"timeout_seconds": 1}, invoicing={"finish": "draft"})
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    assert _deliver(firm) == {"8001": "delivered"}
    firm.control.add_fault(effect, match=_call(firm, "delete_draft"), **more)
    firm.source('UPDATE "Invoice" SET "ApprovalStatus" = 0 WHERE "InvoiceID" = 8001')
    assert _deliver(firm)["8001"] in {"in_doubt", "withdrawn"}
    assert _deliver(firm) == {"8001": "withdrawn"}
    assert firm.books.drafts() == []


ROUNDS_OF_A_FIRM = 2  # the next one has drafts where this one books


@pytest.mark.spec("P2", "P3", "P18")
@in_rounds(4)
def test_answers_lost_at_random(
    new_firm: Callable[..., Firm], rounds: int, chance: random.Random, score: Score
) -> None:
    """Of drafts, bookings, replacements, withdrawals and customers; sometimes of the look-up as well."""
    for turn in score.turns(rounds):
        if turn % ROUNDS_OF_A_FIRM == 0:
            finish = ("book", "draft")[turn // ROUNDS_OF_A_FIRM % 2]
            loading = {"timeout_seconds": 1, "connections": 2}
            firm = new_firm([BO], loading=loading, invoicing={"finish": finish})
            run(firm.company, Module.CUSTOMERS)
        before = strikes(firm)
        first, new = 8100 + 10 * turn, customer(5000 + turn)
        firm.add([new], [invoice(first + n, chance.choice((BO, new))) for n in range(chance.randint(1, 4))])
        for _ in range(chance.randint(1, 2)):
            spoil_answers(firm, chance, (*invoice_calls(firm), *customer_calls(firm)))
            for module in Module:
                run(firm.company, module)
            firm.source('UPDATE "Invoice" SET "Heading" = %s WHERE "InvoiceID" = %s', f"Nyt {turn}", first)
            firm.source('UPDATE "Customer" SET "City" = %s WHERE "CustomerID" = 502', f"By {turn}")
            if chance.random() < 0.3:
                firm.source('UPDATE "Invoice" SET "ApprovalStatus" = 0 WHERE "InvoiceID" = %s', first)
        clean_run(firm)
        found = score.round(firm, f"round {turn}", struck=strikes(firm) > before)
        assert found.is_healed, f"round {turn}: left after the clean run: {found.stuck + found.waits_for_person}"
