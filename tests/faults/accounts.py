"""The audit after every fault: what no fault may break (P16, P17, P19), asked of both databases and of the target.

The target's own ledger is asked, not only what our database says of it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from ledgerbridge.comparing.run import Reconciled, reconcile
from ledgerbridge.reasons import Language, Reason
from ledgerbridge.reconciliation.facts import Period
from ledgerbridge.store import history
from sandbox.books import Document
from sandbox.grounds import Firm

__all__ = ["Audit", "assert_accounted", "assert_booked_once", "assert_reconciled", "audit", "needs_nothing"]

NAMED = {"delivered", "unchanged", "waiting", "rejected", "in_doubt", "ignored", "withdrawn"}
EXPLAINED = {"waiting", "rejected", "in_doubt", "ignored", "withdrawn"}
_IN_THE_TARGET = {"delivered", "unchanged"}
# What a run goes on with by itself: after a clean one nothing may stand so any more.
_OF_ITS_OWN_ACCORD = {"run", "settings", "agreement"}
# The sentence says what a person may have to do, and the run after says so alone.
_MAY_NEED_A_LINK = {"customer_link_moved"}


_KINDS = ("net", "vat", "gross")
_Amounts = tuple[Decimal, Decimal, Decimal]
# The target keeps what was booked, and says so; the source has gone on.
_BOOKED_AS_IT_WAS = {"invoice_changed_after_booking"}


@dataclass(frozen=True, slots=True)
class Audit:
    """What is wrong, in sentences for whoever meets a red test at night; and what is still open, which is not wrong.

    ``waits_for_person``: rejected or waiting, and a sentence says what for. ``stuck``: anything else that is open:
    after a clean run there must be none.
    """

    duplicated: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    waits_for_person: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)

    @property
    def is_healed(self) -> bool:
        """Everything has come to its end."""
        return not self.waits_for_person and not self.stuck

    @property
    def needs_a_person(self) -> bool:
        """What is left says in a sentence what it needs."""
        return bool(self.waits_for_person) and not self.stuck

    @property
    def wrong(self) -> dict[str, list[str]]:
        """By kind; empty when all is well."""
        kinds = ("duplicated", "lost", "unexplained", "differing", "altered")
        return {kind: getattr(self, kind) for kind in kinds if getattr(self, kind)}

    def must_be_clean(self, what: str = "") -> None:
        """Fail when anything is wrong."""
        assert not self.wrong, f"{what}: {self.wrong}; open besides: {self.waits_for_person + self.stuck}"


@dataclass(frozen=True, slots=True)
class _Newest:
    """The newest revision of one record, as our database has it."""

    module: str
    source_id: str
    locator: str
    state: str
    operation: str
    reason: Mapping[str, Any] | None
    waits_for: str | None
    content: Mapping[str, Any]
    warnings: list[Mapping[str, Any]]
    has_step: bool

    @property
    def name(self) -> str:
        return f"{self.module} {self.source_id}"

    @property
    def code(self) -> str:
        return str((self.reason or {}).get("code", ""))

    @property
    def amounts(self) -> _Amounts:
        net, vat, gross = (Decimal(self.content[f"{kind}_amount"]) for kind in _KINDS)
        return net, vat, gross


@dataclass(frozen=True, slots=True)
class _Row:
    """An invoice as its own row in the source says it, not as we have copied it."""

    source_id: str
    is_approved: bool
    currency: str
    amounts: _Amounts


def audit(firm: Firm) -> Audit:
    """Everything at once, of invoices and customers."""
    found = Audit()
    newest = list(_newest(firm))
    invoices = {item.source_id: item for item in newest if item.module == "invoices" and item.locator}
    held = {"drafts": firm.books.drafts(), "booked": firm.books.booked()}
    documents = {document.locator: document for kind in held.values() for document in kind}
    found.duplicated.extend(_duplicates(firm))
    found.duplicated.extend(_strangers(firm, held, invoices))
    rows = {row.source_id: row for row in _rows(firm)}
    for row in rows.values():
        item = invoices.get(row.source_id)
        if row.is_approved:
            found.lost.extend(_lost(row, item, documents))
            if item is not None:
                found.differing.extend(_differences(row, item, documents.get(item.locator)))
        elif item is not None:
            found.differing.extend(_not_taken_back(row, item, documents))
    for item in newest:
        found.unexplained.extend(_unexplained(item))
        _sort_open(item, found)
    with closing(firm.company.store()) as store:
        found.altered.extend(f"history {broken.entry_id}: {broken.what}" for broken in history.check(store))
    return found


def assert_accounted(firm: Firm) -> None:
    """Every approved invoice stands in exactly one named state with a sentence; nothing stands twice in the target."""
    audit(firm).must_be_clean(firm.name)


def needs_nothing(firm: Firm) -> None:
    """After the clean run: everything has come to its end, and nobody is needed."""
    found = audit(firm)
    found.must_be_clean(firm.name)
    assert found.is_healed, f"left after a clean run: {found.waits_for_person + found.stuck}"


def assert_booked_once(firm: Firm, source_ids: list[str]) -> None:
    """Each is booked exactly once, our archive has the same, and its link shows it."""
    booked = {item.number: item for item in firm.books.booked()}
    ours = dict(firm.ours("SELECT r.source_id, a.booked_number FROM archive a JOIN record r USING (record_id)"))
    missing = set(source_ids) - ours.keys()
    assert not missing, {id_: (firm.states().get(id_), firm.reasons().get(id_)) for id_ in missing}
    assert sorted(ours) == sorted(source_ids)
    assert sorted(ours.values()) == sorted(booked)
    assert len(firm.books.drafts()) == 0
    linked = dict(
        firm.ours(
            "SELECT r.source_id, l.target_id FROM link l JOIN record r USING (record_id) "
            "WHERE l.target_kind = 'booked_invoice'"
        )
    )
    assert linked == {source_id: str(number) for source_id, number in ours.items()}
    assert set(firm.states().values()) <= {"delivered"}


def assert_reconciled(firm: Firm, *, agrees: bool = False) -> Reconciled:
    """P17, by the product's own reconciliation and by our own sums over both databases."""
    with firm.company.workplace(f"reconciling-{firm.name}") as workplace:
        result = reconcile(workplace, Period(date(2000, 1, 1), None))
    rows = result.invoices.totals.account
    open_rows = [row for row in rows if not row.holds]
    assert result.invoices.totals.is_complete, f"the reconciliation does not add up: {open_rows}"
    if agrees:
        assert result.invoices.agrees, f"the reconciliation finds differences: {result.invoices.counts}"
    told = {
        (row.month, row.currency): (row.source.count, row.source.amounts.net, row.source.amounts.gross) for row in rows
    }
    approved, ours = _sums_of_source(firm, _APPROVED), _sums_of_ours(firm)
    assert ours == approved, f"per month and currency: the source has {approved}, our named states have {ours}"
    expected = _sums_of_source(firm, f"{_APPROVED} OR {_WITHDRAWN}", _known_as_withdrawn(firm))
    assert told == expected, f"per month and currency: the source has {expected}, the report says {told}"
    return result


# Of our database.


def _newest(firm: Firm) -> Iterator[_Newest]:
    rows = firm.ours(
        "SELECT DISTINCT ON (record_id) module, source_id, locator, state::text, operation, reason, waits_for, "
        "content, warnings, bool_or(step IS NOT NULL) OVER (PARTITION BY record_id) "
        "FROM transfer ORDER BY record_id, revision DESC"
    )
    for module, source_id, locator, state, operation, reason, waits_for, content, warnings, has_step in rows:
        record = json.loads(content) if content else {}
        yield _Newest(module, source_id, locator, state, operation, reason, waits_for, record, warnings, has_step)
    unfinished = firm.ours("SELECT module, source_id, state::text FROM transfer WHERE state IN ('staged', 'sending')")
    for module, source_id, state in unfinished:
        # Of an older revision as well: after a settled run nothing is under way.
        yield _Newest(module, source_id, "", f"still {state}", "deliver", None, None, {}, [], has_step=False)


def _unexplained(item: _Newest) -> Iterator[str]:
    """P16."""
    if item.state not in NAMED:
        yield f"{item.name} is {item.state}"
    elif item.state in EXPLAINED:
        if not item.reason:
            yield f"{item.name} is {item.state} and does not say why"
            return
        reason = Reason.from_json(item.reason)
        for language in Language:
            sentence = reason.sentence(language)
            if len(sentence) < len("Vent."):
                yield f"{item.name} is {item.state} ({reason.code}) and has no sentence in {language}"


def _sort_open(item: _Newest, found: Audit) -> None:
    if item.state not in {"waiting", "rejected", "in_doubt"} or not item.reason:
        return
    reason = Reason.from_json(item.reason)
    told = f"{item.name} is {item.state}: {reason.sentence(Language.ENGLISH)}"
    says_what_it_needs = all(reason.do(language).strip() for language in Language)
    goes_on_by_itself = item.waits_for in _OF_ITS_OWN_ACCORD and reason.code not in _MAY_NEED_A_LINK
    if item.state == "in_doubt" or goes_on_by_itself or not says_what_it_needs:
        found.stuck.append(told)
    else:
        found.waits_for_person.append(told)


# Of the target.


def _duplicates(firm: Firm) -> Iterator[str]:
    for locator, count in firm.locators().items():
        if count > 1:
            yield f"{locator} stands {count} times in the target"
    wanted = Counter(name for (name,) in firm.source('SELECT "Name" FROM "Customer"'))
    there = Counter(item.name for item in firm.books.customers())
    for name, count in there.items():
        if name in wanted and count > wanted[name]:
            yield f"the customer {name} stands {count} times in the target and {wanted[name]} times in the source"


def _strangers(firm: Firm, held: Mapping[str, Sequence[Document]], invoices: Mapping[str, _Newest]) -> Iterator[str]:
    """A document that nobody can find again is a second one of some invoice, or will come to be one."""
    by_locator = {item.locator: item for item in invoices.values()}
    ids = {source_id: item.locator for source_id, item in invoices.items()}
    linked = {
        ids.get(source_id, source_id): (kind, target_id)
        for source_id, kind, target_id in firm.ours(
            "SELECT r.source_id, l.target_kind::text, l.target_id FROM link l JOIN record r USING (record_id) "
            "WHERE l.module = 'invoices'"
        )
    }
    for kind, documents in held.items():
        for document in documents:
            locator, name = document.locator, f"{kind} {document.number}"
            item = by_locator.get(locator)
            if item is None:
                yield f"{name} carries {locator or 'no mark'}, which is none of ours"
            elif item.has_step:
                continue  # a write is in doubt: what it came to is not known yet
            elif locator not in linked:
                yield f"{name} is of {item.name}, and our database knows of no document of it"
            elif linked[locator][0] == "booked_invoice" and linked[locator] != (
                "booked_invoice",
                str(document.number),
            ):
                yield f"{name} is of {item.name}, which our database knows as {linked[locator]}"


def _rows(firm: Firm) -> Iterator[_Row]:
    rows = firm.source(
        'SELECT "InvoiceID"::text, "ApprovalStatus" = 1, "CurrencyCode", "NetAmount", "VatAmount", "GrossAmount" '
        'FROM "Invoice" ORDER BY "InvoiceID"'
    )
    for source_id, is_approved, currency, *amounts in rows:
        yield _Row(source_id, is_approved, currency, (amounts[0], amounts[1], amounts[2]))


def _lost(row: _Row, item: _Newest | None, documents: Mapping[str, Document]) -> Iterator[str]:
    """An approved invoice is in the target, or on its way, or was set aside by a person who said why."""
    name = f"invoices {row.source_id}"
    if item is None:
        yield f"{name} is approved and we have never heard of it"
    elif item.state == "withdrawn" or item.operation == "withdraw":
        yield f"{name} is approved, and stands {item.state} to be taken back ({item.code})"
    elif item.state == "ignored" and item.code != "set_aside_by_person":
        yield f"{name} is approved, and is ignored though no person has set it aside ({item.code})"
    elif item.state in _IN_THE_TARGET and item.locator not in documents:
        yield f"{name} is {item.state}, and the target does not have it"


def _not_taken_back(row: _Row, item: _Newest, documents: Mapping[str, Document]) -> Iterator[str]:
    """An approval that was withdrawn: its draft must go; what is booked stays, and says so."""
    document = documents.get(item.locator)
    if item.operation != "withdraw":
        yield f"invoices {row.source_id} is approved no more, and stands {item.state} to be delivered"
    elif item.state == "withdrawn" and document is not None and not item.has_step:
        yield f"invoices {row.source_id} is withdrawn, and its document is still there: {document.locator}"


def _differences(row: _Row, item: _Newest, document: Document | None) -> Iterator[str]:
    """P12: nothing is adjusted in silence; what was accepted says so in a warning."""
    if item.content and (item.amounts, item.content["currency"]) != (row.amounts, row.currency):
        yield f"{item.name}: the source says {row.amounts} {row.currency}, our copy of it {item.amounts}"
    if document is None or item.state not in _IN_THE_TARGET or item.code in _BOOKED_AS_IT_WAS:
        return
    if item.code == "invoice_booked_with_difference":
        yield from _told_otherwise(row, item, document)
        return
    accepted = any(warning["code"] == "invoice_vat_rounding_accepted" for warning in item.warnings)
    # Not every accounting system shows a draft's VAT.
    shown = row.amounts if document.vat is None and document.net == row.amounts[0] else document.amounts
    if shown[0] != row.amounts[0] or (shown != row.amounts and not accepted):
        yield f"{item.name}: the source says {row.amounts}, the target {shown}"
    if document.currency != row.currency:
        yield f"{item.name}: the source says {row.currency}, the target {document.currency}"


def _told_otherwise(row: _Row, item: _Newest, document: Document) -> Iterator[str]:
    """Booked by a person with other figures: then both sides' stand in the sentence."""
    told = (item.reason or {})["values"]
    for side, amounts in (("source", row.amounts), ("target", document.amounts)):
        if tuple(map(Decimal, told[side].split(" / "))) != amounts:
            yield f"{item.name}: the {side} has {amounts}, and what is told of it is {told[side]}"


# P17, computed independently.


_APPROVED = '"ApprovalStatus" = 1'
_WITHDRAWN = '"InvoiceID"::text = ANY(%s)'


def _known_as_withdrawn(firm: Firm) -> list[str]:
    """Once approved and now not: what was delivered of them, or taken back, is accounted for all the same."""
    rows = firm.ours(
        "SELECT source_id FROM (SELECT DISTINCT ON (record_id) source_id, operation FROM transfer "
        "WHERE module = 'invoices' ORDER BY record_id, revision DESC) n WHERE operation = 'withdraw'"
    )
    return [source_id for (source_id,) in rows]


def _sums_of_source(firm: Firm, which: str, *values: object) -> dict[tuple[str, str], tuple[int, Decimal, Decimal]]:
    rows = firm.source(
        'SELECT to_char("InvoiceDate", \'YYYY-MM\'), "CurrencyCode", count(*), sum("NetAmount"), sum("GrossAmount") '
        f'FROM "Invoice" WHERE {which} GROUP BY 1, 2',
        *values,
    )
    return {(month, currency): (count, net, gross) for month, currency, count, net, gross in rows}


def _sums_of_ours(firm: Firm) -> dict[tuple[str, str], tuple[int, Decimal, Decimal]]:
    """What stands in a named state and is wanted; what the source has deleted since is nothing of it any more."""
    there = [source_id for (source_id,) in firm.source('SELECT "InvoiceID"::text FROM "Invoice"')]
    rows = firm.ours(
        "SELECT to_char((n.content::jsonb ->> 'invoice_date')::date, 'YYYY-MM'), n.content::jsonb ->> 'currency', "
        "count(*), sum((n.content::jsonb ->> 'net_amount')::numeric), "
        "sum((n.content::jsonb ->> 'gross_amount')::numeric) "
        "FROM (SELECT DISTINCT ON (record_id) * FROM transfer WHERE module = 'invoices' "
        "      ORDER BY record_id, revision DESC) n "
        "WHERE n.operation = 'deliver' AND n.state::text = ANY(%s) AND n.source_id = ANY(%s) GROUP BY 1, 2",
        sorted(NAMED),
        there,
    )
    return {(month, currency): (count, net, gross) for month, currency, count, net, gross in rows}
