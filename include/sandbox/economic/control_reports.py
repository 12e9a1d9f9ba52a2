"""What the control address tells: counters, ledger, and how often a locator occurs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sandbox.economic.agreement import Agreement
from sandbox.economic.store import Store
from sandbox.standin.jsontext import Doc

_FIRST_REFUSAL = 400


def summary(agreement: Agreement) -> Doc:
    """An agreement without its tokens."""
    profile = agreement.profile
    return {
        "agreementNumber": agreement.number,
        "name": profile["company"]["name"],
        "baseCurrency": agreement.base_currency,
        "roles": profile["roles"],
        "modules": profile["modules"],
        "revoked": all(grant["revoked"] for grant in profile["grants"]),
        "series": agreement.series,
        "records": {kind: len(collection) for kind, collection in agreement.collections.items()},
    }


def counters(store: Store, agreement: Agreement) -> Doc:
    """Calls and writes, all and since the mark."""
    mark = int(agreement.profile["mark"])
    return _tally(store, agreement, 0) | {"sinceMark": _tally(store, agreement, mark)}


def _tally(store: Store, agreement: Agreement, after: int) -> Doc:
    calls = 0
    reads = 0
    writes: Counter[str] = Counter()
    replays: Counter[str] = Counter()
    refusals: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    for method, template, status, replayed, executed, number in store.database.tally(agreement.number, after):
        name = f"{method} {template}"
        calls += number
        statuses[str(status)] += number
        if method == "GET":
            reads += number
        elif replayed:
            replays[name] += number
        elif executed:
            writes[name] += number
        elif status >= _FIRST_REFUSAL:
            refusals[name] += number
    return {
        "calls": calls,
        "reads": reads,
        "writes": dict(writes),
        "writesTotal": writes.total(),
        "replays": dict(replays),
        "refusals": dict(refusals),
        "statuses": dict(statuses),
    }


def ledger(agreement: Agreement) -> Doc:
    """Everything that an invoice can have become."""
    drafts = list(agreement["drafts"])
    booked = list(agreement["booked"])
    return {
        "customers": list(agreement["customers"]),
        "drafts": [_bare(document) for document in drafts],
        "booked": [_bare(document) for document in booked],
        "entries": list(agreement["entries"]),
        "sent": list(agreement["sent"]),
    } | occurrences(agreement)


def occurrences(agreement: Agreement) -> Doc:
    """How often each ``references.other``, and each locator in it, stands in drafts and booked invoices."""
    documents = (*agreement["drafts"], *agreement["booked"])
    references = [reference for reference in map(_reference, documents) if reference]
    return {"references": dict(Counter(references)), "locators": dict(Counter(_locators(references)))}


def _bare(document: Doc) -> Doc:
    return {name: value for name, value in document.items() if name != "postings"}


def _reference(document: Doc) -> str:
    return str(document.get("references", {}).get("other", ""))


def _locators(references: Iterable[str]) -> list[str]:
    """The word behind the last ``#``; a reference without one is its own locator."""
    return [reference.rpartition("#")[2] for reference in references]
