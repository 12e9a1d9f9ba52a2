"""Control totals, and the account of every record of the source (P17).

Both are added up while the pairs stream by, so that they take no more room than there are currencies,
VAT groups and months. All of it is exact: nothing here rounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from pydantic import TypeAdapter

from ledgerbridge.money import ZERO
from ledgerbridge.reconciliation.facts import Amounts, FieldOwner, SourceInvoiceFact, TargetInvoiceFact, VatGroup
from ledgerbridge.reconciliation.findings import Judgement
from ledgerbridge.reconciliation.kinds import InvoiceClass, Standing
from ledgerbridge.reconciliation.vat_parts import split_alone, split_pair

__all__ = [
    "ACCOUNTED_STATES",
    "AccountRow",
    "ControlRow",
    "Sum",
    "Tally",
    "Totals",
    "account_key",
    "sum_of",
    "totals_from_json",
    "totals_to_json",
]

# P17: delivered (unchanged counted in) + waiting + rejected + in doubt + ignored + withdrawn.
ACCOUNTED_STATES = ("delivered", "waiting", "rejected", "in_doubt", "ignored", "withdrawn")


@dataclass(frozen=True, slots=True)
class Sum:
    """How many documents, and what they come to."""

    count: int = 0
    amounts: Amounts = field(default_factory=Amounts)

    def plus(self, amounts: Amounts) -> Sum:
        """One document more."""
        return Sum(self.count + 1, self.amounts + amounts)


@dataclass(frozen=True, slots=True)
class ControlRow:
    """Both sides of one currency, or of one VAT group in it (``group`` is ``None`` for the currency)."""

    currency: str
    group: VatGroup | None
    source: Sum = field(default_factory=Sum)
    target: Sum = field(default_factory=Sum)

    @property
    def difference(self) -> Sum:
        """What the target has more than the source."""
        return Sum(self.target.count - self.source.count, self.target.amounts - self.source.amounts)

    @property
    def agrees(self) -> bool:
        """To the øre, and in number."""
        return self.source == self.target


@dataclass(frozen=True, slots=True)
class AccountRow:
    """What the source has in one month (``2026-11``) and currency, and what became of it (P17).

    ``source`` is counted by the database over what was read, ``states`` over what was judged: a record
    that is lost, doubled or in no named state on the way shows as a row that does not hold.
    """

    month: str
    currency: str
    source: Sum
    states: dict[str, Sum]

    @property
    def holds(self) -> bool:
        """Whether the states add up to what the source has."""
        return sum_of([self.states[state] for state in ACCOUNTED_STATES if state in self.states]) == self.source


@dataclass(frozen=True, slots=True)
class Totals:
    """The figures that stand on a report."""

    control: tuple[ControlRow, ...] = ()
    base: ControlRow | None = None
    base_left_out: int = 0  # pairs of which one side does not state its base currency amounts
    account: tuple[AccountRow, ...] = ()
    differences: dict[str, Sum] = field(default_factory=dict)  # per currency; gross without sign
    made_in_target: dict[str, Sum] = field(default_factory=dict)
    fields: tuple[tuple[str, FieldOwner], ...] = ()  # customers: the mapped fields in the report's order

    @property
    def is_complete(self) -> bool:
        """P17 for every period and currency."""
        return all(row.holds for row in self.account)


def sum_of(sums: Sequence[Sum]) -> Sum:
    """All of them together."""
    result = Sum()
    for each in sums:
        result = Sum(result.count + each.count, result.amounts + each.amounts)
    return result


def account_key(source: SourceInvoiceFact) -> tuple[str, str]:
    """The month and currency that a record of the source is accounted for in."""
    return f"{source.invoice_date:%Y-%m}", source.currency


class Tally:
    """Adds up the totals while pairs stream by."""

    def __init__(self) -> None:
        self._control: dict[tuple[str, VatGroup | None], ControlRow] = {}
        self._base = ControlRow("", None)
        self._base_left_out = 0
        self._states: dict[tuple[str, str], dict[str, Sum]] = {}
        self._differences: dict[str, Sum] = {}
        self._made_in_target: dict[str, Sum] = {}

    def add(
        self,
        source: SourceInvoiceFact | None,
        targets: Sequence[TargetInvoiceFact],
        judgement: Judgement,
        *,
        in_period: bool = True,
    ) -> None:
        """Count one judged pair. ``in_period`` is false for a record that was only looked up beside it."""
        if source is not None and in_period:
            states = self._states.setdefault(account_key(source), {})
            name = _state_name(source)
            states[name] = states.get(name, Sum()).plus(source.amounts)
        if judgement.main is InvoiceClass.MADE_IN_TARGET:
            for target in targets:
                before = self._made_in_target.get(target.currency, Sum())
                self._made_in_target[target.currency] = before.plus(target.amounts)
            return
        if judgement.standing is Standing.DIFFERENCE:
            self._add_difference(source, targets)
        if judgement.main is InvoiceClass.IGNORED and all(target.is_draft for target in targets):
            return  # neither its absence nor the draft that it left is anything to compare
        if source is None or targets or judgement.standing is not Standing.NOT_DELIVERED:
            # What has not been delivered, for a known reason, is not expected to be in the target.
            self._add_control(source, targets)
            self._add_base(source, targets)

    def totals(self, in_source: dict[tuple[str, str], Sum]) -> Totals:
        """The totals; ``in_source`` is what the database counted per month and currency."""
        keys = sorted(in_source.keys() | self._states.keys())
        account = tuple(
            AccountRow(
                month, currency, in_source.get((month, currency), Sum()), self._states.get((month, currency), {})
            )
            for month, currency in keys
        )
        order = list(VatGroup)
        control = sorted(
            self._control.values(), key=lambda row: (row.currency, -1 if row.group is None else order.index(row.group))
        )
        has_base = self._base.source.count or self._base.target.count
        return Totals(
            control=tuple(control),
            base=self._base if has_base else None,
            base_left_out=self._base_left_out,
            account=account,
            differences=dict(sorted(self._differences.items())),
            made_in_target=dict(sorted(self._made_in_target.items())),
        )

    def _add_difference(self, source: SourceInvoiceFact | None, targets: Sequence[TargetInvoiceFact]) -> None:
        # Per currency and without its sign, so that one difference does not hide another.
        gross = {source.currency: -source.amounts.gross} if source else {}
        for target in targets:
            gross[target.currency] = gross.get(target.currency, ZERO) + target.amounts.gross
        for currency, amount in gross.items():
            before = self._differences.get(currency, Sum())
            self._differences[currency] = before.plus(Amounts(gross=abs(amount)))

    def _add_control(self, source: SourceInvoiceFact | None, targets: Sequence[TargetInvoiceFact]) -> None:
        if source is not None:
            ours = split_pair(source, targets[0])[0] if targets else split_alone(source.vat_parts, source.amounts)
            self._count(source.currency, None, source=source.amounts)
            for group, amounts in ours.items():
                self._count(source.currency, group, source=amounts)
        for target in targets:
            theirs = split_pair(source, target)[1] if source else split_alone(target.vat_parts, target.amounts)
            self._count(target.currency, None, target=target.amounts)
            for group, amounts in theirs.items():
                self._count(target.currency, group, target=amounts)

    def _count(
        self, currency: str, group: VatGroup | None, *, source: Amounts | None = None, target: Amounts | None = None
    ) -> None:
        row = self._control.get((currency, group)) or ControlRow(currency, group)
        self._control[currency, group] = ControlRow(
            currency,
            group,
            row.source if source is None else row.source.plus(source),
            row.target if target is None else row.target.plus(target),
        )

    def _add_base(self, source: SourceInvoiceFact | None, targets: Sequence[TargetInvoiceFact]) -> None:
        if (source and source.base_amounts is None) or any(target.base_amounts is None for target in targets):
            # One side alone would make a difference of what is only unknown.
            self._base_left_out += 1
            return
        ours, theirs = self._base.source, self._base.target
        if source and source.base_amounts:
            ours = ours.plus(source.base_amounts)
        for target in targets:
            theirs = theirs.plus(target.base_amounts or Amounts())
        self._base = ControlRow("", None, ours, theirs)


def _state_name(source: SourceInvoiceFact) -> str:
    if source.is_delivered:
        return "delivered"
    if source.state is None:
        # Never approved or no longer, and nothing was ever sent: nothing is owed. Else it is in no state.
        return "none" if source.is_approved else "withdrawn"
    return source.state.value


@cache
def _adapter() -> TypeAdapter[Totals]:
    return TypeAdapter(Totals)


def totals_to_json(totals: Totals) -> str:
    """The totals as JSON; every amount stands as a string."""
    return _adapter().dump_json(totals).decode()


def totals_from_json(text: str | bytes) -> Totals:
    """The totals that :func:`totals_to_json` wrote."""
    return _adapter().validate_json(text)
