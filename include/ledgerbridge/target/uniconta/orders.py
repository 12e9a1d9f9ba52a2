"""Drafts: sales orders with their lines, one at a time or many with few calls (section 7.1).

An order and its lines are two calls, so a draft can be there without its lines. Whoever breaks off after the first
call leaves the outcome unknown; what is there is found by the locator, and an order that lacks lines is completed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from ledgerbridge.errors import InDoubt, LedgerbridgeError, Refusal, Rejection, TryAgain
from ledgerbridge.reasons import Reason
from ledgerbridge.target.uniconta.answers import Gone
from ledgerbridge.target.uniconta.api import Api, Row
from ledgerbridge.target.uniconta.documents import integer
from ledgerbridge.target.uniconta.invoices import lines_in, locator_in, order_in
from ledgerbridge.target.uniconta.options import UnicontaOptions
from ledgerbridge.target.uniconta.reading import read

__all__ = ["LINE", "ORDER", "Order", "Orders", "halfway", "in_place"]

ORDER = "DebtorOrderClient"
LINE = "DebtorOrderLineClient"

# What is newest is asked for with what others may have made in the same moment, our own other connections among them.
_OTHERS = 4
_MARGIN = 20
# Of these it is certain that nothing has left us.
_NOT_ASKED = {"uniconta_not_reached", "daily_budget_spent"}
# What an order of ours may say and need not; dimensions besides.
_OURS = (
    "DueDate",
    "ExchangeRate",
    "YourRef",
    "Remark",
    "Settlements",
    "DeliveryName",
    "DeliveryAddress1",
    "DeliveryAddress2",
    "DeliveryAddress3",
    "DeliveryZipCode",
    "DeliveryCity",
    "DeliveryCountry",
)
_EMPTY_OF: Mapping[str, object] = {"DueDate": None, "ExchangeRate": 0, "DeliveryCountry": None}

_REFUSALS = (Rejection, Refusal)

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Order:
    """An order with its lines as they are stored."""

    row: Row
    lines: Sequence[Row]

    @property
    def number(self) -> int:
        """The order's number; an invoice that is posted from it carries it."""
        return integer(self.row["OrderNumber"])


class Orders:
    """The orders of one company."""

    def __init__(self, api: Api, options: UnicontaOptions) -> None:
        self._api = api
        self._options = options

    # Reading.

    def of_number(self, number: int) -> Order | None:
        """The order under ``number``."""
        return self._whole(self.row(number))

    def row(self, number: int) -> Row | None:
        """The same without its lines."""
        rows = self._api.query(ORDER, ("OrderNumber", str(number)), take=1)
        return rows[0] if rows else None

    def of_locator(self, locator: str) -> Order | None:
        """The order that carries ``locator``; what the filter finds is compared exactly.

        Raises:
            Rejection: several carry it: a person has copied one, and must say which is to be posted.
        """
        return self._whole(_only(self._marked(locator), locator))

    def _marked(self, locator: str) -> list[Row]:
        rows = self._api.query(ORDER, (self._options.locator_field, locator), take=2)
        return [row for row in rows if self._mark(row) == locator]

    def _whole(self, row: Row | None) -> Order | None:
        return None if row is None else Order(row, in_place(self._lines_of(integer(row["OrderNumber"]))))

    def _mark(self, row: Row) -> str | None:
        return read(lambda item: locator_in(item, self._options), row, ORDER)

    # Writing.

    def create(self, payload: str) -> Order:
        """The order with its lines. Where the lines are refused the order is taken away again.

        Raises:
            InDoubt: what is there is unknown.
            LedgerbridgeError: it was refused, and nothing is there.
        """
        row = self._made(payload)
        number = integer(row["OrderNumber"])
        try:
            lines = halfway(lambda: self._add_lines(number, payload), *_REFUSALS)
        except _REFUSALS:
            halfway(lambda: self._take_away(row))
            raise
        return Order(row, lines)

    def _made(self, payload: str) -> Row:
        """The order without lines, its locator read back and compared: what is too long is cut there in silence."""
        made: Row = self._api.insert(ORDER, order_in(payload))
        locator = order_in(payload)[self._options.locator_field]
        if not _is_order(made):
            raise _unclear(ORDER, "no order number")
        if halfway(lambda: self._mark(made)) != locator:
            halfway(lambda: self._take_away(made))
            field, kept = self._options.locator_field, made.get(self._options.locator_field) or "–"
            raise Refusal("uniconta_locator_not_kept", field=field, kept=kept, locator=locator)
        return made

    def create_many(self, payloads: Sequence[str]) -> list[Order | None]:
        """Several orders with their lines, in their order; ``None`` for one that surely is not there.

        Raises:
            InDoubt: what is there is unknown.
            LedgerbridgeError: nothing is there.
        """
        found = self._made_together(payloads)
        lines = [
            line
            for payload, row in zip(payloads, found, strict=True)
            if row is not None
            for line in _of_order(integer(row["OrderNumber"]), payload)
        ]
        try:
            stored = halfway(lambda: self._insert_lines(lines), *_REFUSALS)
        except _REFUSALS:
            # One line of one order is at fault, and it is not said which.
            return list(self._one_by_one(found, payloads))
        return [None if row is None else Order(row, stored[str(integer(row["OrderNumber"]))]) for row in found]

    def _made_together(self, payloads: Sequence[str]) -> list[Row | None]:
        """The orders without lines. The answer names none of them: they are the newest ones, by their locators.

        A list that is refused may have been carried out in part: what is there is looked for all the same.
        """
        refused: LedgerbridgeError | None = None
        try:
            self._api.insert_list(ORDER, [order_in(payload) for payload in payloads])
        except Rejection:
            pass  # one of them is at fault: those that are there all the same go on
        except (TryAgain, Refusal) as error:
            if error.reason.code in _NOT_ASKED:
                raise
            refused = error
        found = halfway(lambda: self._newest(payloads))
        if refused is None:
            return found
        if any(row is not None for row in found):
            raise InDoubt("uniconta_half_written", cause=refused.reason) from refused
        raise refused

    def _newest(self, payloads: Sequence[str]) -> list[Row | None]:
        take = _OTHERS * len(payloads) + _MARGIN
        newest = self._api.query(ORDER, take=take, newest_by="OrderNumber")
        by_locator: dict[str | None, list[Row]] = defaultdict(list)
        for row in newest:
            by_locator[self._mark(row)].append(row)
        found: list[Row | None] = []
        for payload in payloads:
            locator = order_in(payload)[self._options.locator_field]
            # More than a few others may have made orders in the same moment: then it is asked for by itself.
            known = by_locator[locator] or (self._marked(locator) if len(newest) == take else [])
            found.append(_only(known, locator))
        return found

    def _one_by_one(self, found: Sequence[Row | None], payloads: Sequence[str]) -> Iterator[Order | None]:
        """Each order with its lines, or gone. Once two in a row were refused alike it may be all of them: those that
        are left are taken away together, and tell by themselves what is wrong with them."""
        before: Reason | None = None
        rows = list(zip(found, payloads, strict=True))
        for place, (row, payload) in enumerate(rows):
            if row is None:
                yield None
                continue
            number = integer(row["OrderNumber"])
            try:
                lines = halfway(partial(self._replace_lines, number, payload), *_REFUSALS)
            except _REFUSALS as error:
                if error.reason == before:
                    self._take_away_all([item for item, _ in rows[place:] if item is not None])
                    yield from [None] * len(rows[place:])
                    return
                before = error.reason
                halfway(partial(self._take_away, row))
                yield None
            else:
                before = None
                yield Order(row, lines)

    def replace(self, number: int, payload: str) -> Order | None:
        """The order as the payload has it; nothing when there is none under the number. May be repeated.

        Raises:
            InDoubt: what is there is unknown.
            LedgerbridgeError: it was refused. Its lines may be gone by then: it is not whole, and is not posted.
        """
        current = self.row(number)
        if current is None:
            return None
        whole = {**current, **self._emptied(current), **order_in(payload), "OrderNumber": number}
        try:
            row = self._api.update(ORDER, whole)
        except Gone as error:
            if self.row(number) is None:
                return None
            with self._api.naming(ORDER, [whole]):
                raise error from None
        if not _is_order(row):
            raise _unclear(ORDER, "no order in it")
        return Order(row, halfway(lambda: self._replace_lines(number, payload), Rejection, Refusal))

    def _emptied(self, row: Row) -> dict[str, object]:
        """What an earlier revision may have said and this one need not: an update keeps whatever it is given."""
        mine = [*_OURS, *(f"Dimension{number}" for number in self._options.dimensions.in_use().values())]
        return {name: _EMPTY_OF.get(name, "") for name in mine if row.get(name)}

    def _replace_lines(self, number: int, payload: str) -> Sequence[Row]:
        before = self._lines_of(number)
        if before:
            self._api.delete_list(LINE, before)
            if self._lines_of(number):
                raise _unclear(LINE, "the former ones are still there")
        return self._add_lines(number, payload)

    def _add_lines(self, number: int, payload: str) -> Sequence[Row]:
        return self._insert_lines(_of_order(number, payload)).get(str(number), ())

    def _insert_lines(self, lines: Sequence[Row]) -> Mapping[str, Sequence[Row]]:
        """Insert them; by order's number as they are stored.

        An empty answer is success here, and may be nobody's answer at all: so they are read.

        Raises:
            InDoubt: an order has fewer of them, or more.
        """
        if not lines:
            return {}
        self._api.insert_list(LINE, lines)
        newest = _by_order(self._api.query(LINE, take=_OTHERS * len(lines) + _MARGIN, newest_by="RowId"))
        stored: dict[str, Sequence[Row]] = {}
        for number, wanted in _by_order(lines).items():
            there = newest.get(number, [])
            if len(there) != len(wanted):
                there = self._lines_of(int(number))
            if len(there) != len(wanted):
                raise _unclear(LINE, f"{len(there)} of {len(wanted)} are there")
            stored[number] = in_place(there)
        return stored

    def _lines_of(self, number: int) -> list[Row]:
        return list(self._api.query(LINE, ("OrderNumber", str(number))))

    def delete(self, number: int) -> bool:
        """Take the order away with its lines; whether there was one."""
        current = self.of_number(number)
        if current is None:
            return False
        if current.lines:
            self._api.delete_list(LINE, current.lines)
        halfway(lambda: self._take_away(current.row))
        return True

    def _take_away(self, row: Row) -> None:
        """Delete an order, and see that it is gone: an empty answer is success here, and may be nobody's at all.

        Raises:
            InDoubt: it is still there, or was refused to go.
        """
        self._delete([row])
        if self.row(integer(row["OrderNumber"])) is not None:
            raise _unclear(ORDER, "it is still there")

    def _take_away_all(self, rows: Sequence[Row]) -> None:
        """As :meth:`_take_away`, several of the newest."""
        halfway(lambda: self._delete(rows))
        gone = {integer(row["OrderNumber"]) for row in rows}
        take = _OTHERS * len(rows) + _MARGIN
        newest = halfway(lambda: self._api.query(ORDER, take=take, newest_by="OrderNumber"))
        if any(integer(row["OrderNumber"]) in gone for row in newest):
            raise _unclear(ORDER, "they are still there")

    def _delete(self, rows: Sequence[Row]) -> None:
        try:
            self._api.delete_list(ORDER, rows)
        except Gone:
            pass
        except _REFUSALS as error:
            raise InDoubt("uniconta_half_written", cause=error.reason) from error


def _of_order(number: int, payload: str) -> list[dict[str, Any]]:
    """The payload's lines, of this order and in their places. The number goes as text (section 5.2)."""
    return [
        {"OrderNumber": str(number), "LineNumber": place, **line}
        for place, line in enumerate(lines_in(payload), start=1)
    ]


def _is_order(row: Any) -> bool:
    """Whether a write was answered with an order that can be gone on with."""
    number = row.get("OrderNumber") if isinstance(row, dict) else None
    return isinstance(number, int) and not isinstance(number, bool) and isinstance(row.get("Account"), str)


def _only(rows: Sequence[Row], locator: str) -> Row | None:
    if len(rows) > 1:
        numbers = ", ".join(sorted(str(row.get("OrderNumber")) for row in rows))
        raise Rejection("uniconta_mark_twice", locator=locator, numbers=numbers)
    return rows[0] if rows else None


def _by_order(lines: Sequence[Row]) -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for line in lines:
        found[str(line.get("OrderNumber"))].append(line)
    return dict(found)


def _unclear(entity: str, what: str) -> InDoubt:
    return InDoubt("uniconta_answer_unclear", call=entity, what=what)


def in_place(lines: Sequence[Row]) -> list[Row]:
    """The lines in their order."""
    return sorted(lines, key=lambda line: line.get("LineNumber") or line.get("RowId") or 0)


def halfway(go_on: Callable[[], Result], *for_the_caller: type[LedgerbridgeError]) -> Result:
    """Something may be there already: whatever keeps the rest from being done now leaves the whole in doubt."""
    try:
        return go_on()
    except LedgerbridgeError as error:
        if isinstance(error, (InDoubt, *for_the_caller)):
            raise
        raise InDoubt("uniconta_half_written", cause=error.reason) from error
