"""What came of it: states, totals of both sides, differences, the live changes; as a table and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from ledgerbridge.money import json_dumps
from ledgerbridge.reasons import Language, Reason
from ledgerbridge.reconciliation.compare import ReconciliationResult, load_result
from ledgerbridge.reconciliation.facts import Kind, SourceInvoiceFact, State, fact_from_json
from ledgerbridge.reconciliation.kinds import Standing
from ledgerbridge.reconciliation.totals import Sum
from ledgerbridge.records import Module
from ledgerbridge.source.manifest import load_manifest
from ledgerbridge.source.reader import SourceReader
from ledgerbridge.store import reconciliations, transfers
from ledgerbridge.store.database import Connection, connect, fetch_all
from sandbox.demo.house import House
from sandbox.demo.live import Live

__all__ = ["Summary", "make_summary", "print_summary", "write_summary"]

_UNNAMED = {State.STAGED.value, State.SENDING.value}
_NOT_THERE = "not staged"


@dataclass(frozen=True, slots=True)
class Summary:
    """``differences``: delivered records whose sides differ. ``unnamed``: approved invoices in no named state.

    ``held``: how many of ``totals`` are drafts that wait for a person, mostly for a difference in VAT.
    """

    states: Mapping[str, int]
    totals: Sequence[Mapping[str, Any]]
    held: int
    differences: Sequence[Mapping[str, Any]]
    unnamed: Sequence[str]
    live: Sequence[Live]
    seconds: Decimal

    @property
    def is_good(self) -> bool:
        """Every approved invoice is in exactly one named state, and every delivered one agrees."""
        return not self.unnamed and not self.differences

    def to_json(self) -> dict[str, Any]:
        """The content of ``summary.json``."""
        return {
            "states": dict(self.states),
            "totals": list(self.totals),
            "differences": list(self.differences),
            "live": [item.to_json() for item in self.live],
            "seconds": self.seconds,
        }


def make_summary(house: House, live: Sequence[Live], seconds: Decimal) -> Summary:
    """Read it all together from the source, our records and the newest reconciliation."""
    with closing(connect(house.store_dsn)) as store:
        result = _newest(store, house)
        states, unnamed = _states(store, house)
        held, differences = _held_and_different(store, result)
        return Summary(states, _totals(result), held, differences, unnamed, live, seconds)


def write_summary(summary: Summary, file: Path) -> None:
    """Write ``summary.json``."""
    file.write_text(json_dumps(summary.to_json()) + "\n", encoding="utf-8")


def print_summary(summary: Summary, say: Callable[[str], None]) -> None:
    """The table at the end."""
    say("")
    say("Invoices by state")
    for state, number in summary.states.items():
        say(f"  {state:<12} {number:>6}")
    say("")
    say(f"{'On both':<10} {'side':<7} {'count':>6} {'net':>18} {'VAT':>18} {'gross':>18}")
    for row in summary.totals:
        for side in ("source", "target"):
            figures = row[side]
            amounts = " ".join(f"{figures[name]:>18,.2f}" for name in ("net", "vat", "gross"))
            say(f"{row['currency']:<10} {side:<7} {figures['count']:>6} {amounts}")
    say("")
    say(f"Of them held back as drafts, each with its reason in the report: {summary.held}")
    say(f"Differences among delivered invoices: {len(summary.differences)}")
    for difference in summary.differences:
        say(f"  {difference['source_id']}: {difference['why']}")
    for source_id in summary.unnamed:
        say(f"  {source_id}: in no named state")
    for item in summary.live:
        say(f"Live: {item.what}: {item.seconds} s")


def _newest(store: Connection, house: House) -> ReconciliationResult:
    found = reconciliations.latest_reported(store, house.integration.name, Kind.INVOICES)
    result = load_result(store, found.reconciliation_id) if found is not None else None
    if result is None:
        message = "no reconciliation was finished"
        raise LookupError(message)
    return result


def _states(store: Connection, house: House) -> tuple[dict[str, int], list[str]]:
    """Approved invoices of the source by the state of their newest revision (P16)."""
    with closing(house.source()) as connection:
        settings = house.integration.source
        reader = SourceReader(connection, load_manifest(settings.system), None, settings.departments)
        approved = {record.source_id for record in reader.invoices(list(reader.every_id(Module.INVOICES)))}
    rows = fetch_all(
        store, "comparing_invoices", {"integration": house.integration.name, "source_ids": sorted(approved)}
    )
    known = {row["source_id"]: row["state"] for row in rows}
    unnamed = sorted(source_id for source_id in approved if known.get(source_id, _NOT_THERE) in {*_UNNAMED, _NOT_THERE})
    return transfers.states(store, house.integration.name, Module.INVOICES), unnamed


def _totals(result: ReconciliationResult) -> list[dict[str, Any]]:
    return [
        {"currency": row.currency, "source": _figures(row.source), "target": _figures(row.target)}
        for row in result.totals.control
        if row.group is None
    ]


def _figures(figures: Sum) -> dict[str, Any]:
    amounts = figures.amounts
    return {"count": figures.count, "net": amounts.net, "vat": amounts.vat, "gross": amounts.gross}


def _held_and_different(store: Connection, result: ReconciliationResult) -> tuple[int, list[dict[str, Any]]]:
    """How many stand in the target without being delivered, and the delivered ones whose sides differ."""
    held, different = 0, []
    for item in reconciliations.items(store, result.reconciliation_id):
        if item.source is None:
            continue
        fact = fact_from_json(SourceInvoiceFact, item.source)
        if not fact.is_delivered:
            held += bool(json.loads(item.targets))
        elif item.standing == Standing.DIFFERENCE:
            reasons = [Reason.from_json(reason) for reason in json.loads(item.reasons)]
            why = " ".join(reason.sentence(Language.ENGLISH) for reason in reasons)
            different.append({"source_id": fact.source_id, "class": item.main_class, "why": why})
    return held, different
