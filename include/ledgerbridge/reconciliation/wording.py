"""Amounts, dates and reasons in the reader's own way: ``1.234,56`` in Danish, ``1,234.56`` in English."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from ledgerbridge import quick_yaml
from ledgerbridge.reasons import Language, Reason, ReasonText
from ledgerbridge.reasons.field_names import field_path, step_name
from ledgerbridge.reconciliation.facts import FieldOwner, Period
from ledgerbridge.reconciliation.kinds import AnyClass, CustomerClass

__all__ = ["DANISH_TIME", "Wording", "texts"]

DANISH_TIME = ZoneInfo("Europe/Copenhagen")

# How the value of a reason is written, by the name that it has in the reasons' texts (and by the code, where one
# name means several things: ``target`` is an amount in a few reasons and a customer's number in the others).
_AMOUNTS = (
    "(net|vat|gross)_(source|target|difference|delivered)|base_(net|gross)_(source|target)"
    "|net|vat|gross|net_and_vat|lines_net|parts_net|expected_vat|unit_price"
)
_OURS = r"reconciliation_\w+ "
_AMOUNTS_OF_CODE = (
    "invoice_(net_differs|vat_differs|vat_rounding_accepted|booked_with_difference) (source|target)"
    "|booked_otherwise (target|expected)"
)
_RATES = "rate_(source|target)"
_FIGURES = "quantity|discount|exchange_rate|vat_rate|vat_percentage|rate"
_FIGURES_OF_CODE = "((preflight|uniconta)_rate_differs|product_has_other_vat) wanted|calls_made_for_records each"
_COUNTS = "count|limit|length|seconds|wait|used"
_COUNTS_OF_CODE = r"calls_made(_for_records)? (calls|left|records)|linking_(confirmed|listed|looked) \w+|plan_made \w+"
_DAYS = "date_(source|target)|due_date|invoice_date|today|preflight_invoices_from date|uniconta_no_term_for_days due"

_DECIMAL = re.compile(r"-?\d{1,18}(\.\d{1,10})?(E\+\d{1,2})?", re.ASCII)
_WHOLE = re.compile(r"\d{1,18}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2} \d{2}:\d{2}) UTC", re.ASCII)
_NUMBER_IN_PARTS = re.compile(r"-?\d+\.\d{2}")
_GROUP_IN_PARTS = re.compile(r"(^|; )(\w+):")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@cache
def texts() -> Mapping[str, Mapping[Language, str]]:
    """Every text of the reports.

    Raises:
        KeyError: one lacks a language.
    """
    content = quick_yaml.read(files(__package__).joinpath("texts.yaml").read_text(encoding="utf-8"))
    return {name: {language: entry[language] for language in Language} for name, entry in content.items()}


_FIELDS_WITH_FIGURES = {"quantity", "unit_price", "discount_percentage", "exchange_rate"}


@dataclass(frozen=True, slots=True)
class Wording:
    """One language, and what the two systems are called in the reader's house."""

    language: Language
    source_name: str
    target_name: str

    def text(self, name: str, /, **values: object) -> str:
        """A text by name, with its values filled in; the systems' names are always known."""
        template = texts()[name][self.language]
        if "{" not in template:
            return template
        return template.format_map({"source": self.source_name, "target": self.target_name} | values)

    def count_text(self, name: str, n: int, /, **values: object) -> str:
        """The ``_one`` or ``_many`` form of a text."""
        return self.text(f"{name}_{'one' if n == 1 else 'many'}", n=self.whole(n), **values)

    def amount(self, value: Decimal) -> str:
        """Two decimals or as many more as it has, grouped by thousands."""
        places = max(2, -_exponent(value))
        return self._localised(f"{value:,.{places}f}")

    def rate(self, value: Decimal) -> str:
        """Without superfluous zeros, but with two decimals at least."""
        return self.amount(value.normalize())

    def whole(self, value: int) -> str:
        """A count, grouped by thousands."""
        return self._localised(f"{value:,d}")

    def permille(self, part: int, whole: int) -> str:
        """A share as a percentage with one decimal, cut and not rounded: 100 % means all of them."""
        tenths = part * 1000 // whole if whole else 0
        number = f"{tenths // 10}" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}"
        return f"{self._localised(number)} %" if self.language is Language.DANISH else f"{number}%"

    def percentage(self, value: Decimal) -> str:
        """A rate: as many decimals as it has."""
        number = self._localised(f"{value.normalize():,f}")
        return f"{number} %" if self.language is Language.DANISH else f"{number}%"

    def day(self, value: date) -> str:
        """As Danish bookkeepers write it; in English with the month's name, which nobody misreads."""
        if self.language is Language.DANISH:
            return f"{value:%d-%m-%Y}"
        return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"

    def moment(self, value: datetime) -> str:
        """Danish local time, to the minute."""
        local = value.astimezone(DANISH_TIME)
        return f"{self.day(local.date())} {'kl. ' if self.language is Language.DANISH else ''}" + (
            f"{local:%H.%M}" if self.language is Language.DANISH else f"{local:%H:%M}"
        )

    def period(self, period: Period) -> str:
        """A period as words."""
        first = self.day(period.first) if period.first else None
        last = self.day(period.last) if period.last else None
        match first, last:
            case None, None:
                return self.text("period_all")
            case _, None:
                return self.text("period_from", first=first)
            case None, _:
                return self.text("period_to", last=last)
            case _:
                return self.text("period_both", first=first, last=last)

    def class_name(self, of: AnyClass) -> str:
        """A class as a heading."""
        return self.text(f"class_customer_{of}" if isinstance(of, CustomerClass) else f"class_{of}")

    def field_name(self, name: str) -> str:
        """A mapped field, or the way to one inside a record; one that has no words keeps its own name."""
        return field_path(name, self.language)

    def step(self, name: str) -> str:
        """What a write was to do."""
        return step_name(name, self.language)

    def field_value(self, name: str, value: str) -> str:
        """What a field holds, by the field's name: days and figures in the reader's way, all else as it is."""
        last = name.rpartition(" · ")[2]
        if last.endswith("_date"):
            return self._day(value)
        return self._numbers(value, self.rate) if last in _FIELDS_WITH_FIGURES else value

    def owner(self, owner: FieldOwner) -> str:
        """The system whose value stands."""
        return self.source_name if owner is FieldOwner.SOURCE else self.target_name

    def listed(self, parts: Iterable[str]) -> str:
        """``a, b and c``."""
        *most, last = list(parts)
        return f"{', '.join(most)} {self.text('and')} {last}" if most else last

    def reason(self, reason: Reason) -> ReasonText:
        """Both halves of a reason, its values in the reader's way.

        Only a value whose name says what it is and that has that shape is rewritten: numbers of invoices, customers
        and products, codes and texts stand as they are.
        """
        values = {name: self._value(reason.code, name, value) for name, value in reason.values.items()}
        if reason.cause is not None:
            values["why"] = self.reason(reason.cause).text
        told = Reason(reason.code, values)
        text, do = told.text(self.language), told.do(self.language)
        # The other rooms' sentences begin as they should: with a capital, a name, or «e-conomic».
        is_ours = reason.code.startswith("reconciliation_")
        return ReasonText(_capital(text), _capital(do)) if is_ours else ReasonText(text, do)

    def _value(self, code: str, name: str, value: str) -> str:
        for names, write in self._writers():
            if re.fullmatch(names, name) or re.fullmatch(names, f"{code} {name}"):
                return write(value)
        return value

    def _writers(self) -> Iterable[tuple[str, Callable[[str], str]]]:
        """How values are written, by the names that they have in the reasons' texts."""
        return (
            (f"{_AMOUNTS}|{_AMOUNTS_OF_CODE}", lambda value: self._numbers(value, self.amount)),
            (_RATES, lambda value: self._numbers(value, self.rate)),
            (f"{_FIGURES}|{_FIGURES_OF_CODE}", lambda value: self._numbers(value, self._figure)),
            (
                f"{_COUNTS}|{_COUNTS_OF_CODE}",
                lambda value: self.whole(int(value)) if _WHOLE.fullmatch(value) else value,
            ),
            (_DAYS, self._day),
            ("since", self._moment),
            (f"{_OURS}(document|document_inside|target_document)", lambda value: self.text(f"document_{value}")),
            ("field", self.field_name),
            ("step", self.step),
            (f"{_OURS}numbers", self._drafts_marked),
            (f"{_OURS}parts", self._parts),
            (f"{_OURS}(value_(source|target)|target_customer)", lambda value: value or self.text("empty_value")),
        )

    def _numbers(self, value: str, write: Callable[[Decimal], str]) -> str:
        """One number, or several with a stroke between them (``2.50 / 12.50``); anything else as it is."""
        numbers = value.split(" / ")
        if not all(_DECIMAL.fullmatch(number) for number in numbers):
            return value
        return " / ".join(write(Decimal(number)) for number in numbers)

    def _figure(self, value: Decimal) -> str:
        """A quantity or a rate, with the decimals that it came with."""
        return self._localised(f"{value:,f}")

    def _day(self, value: str) -> str:
        try:
            return self.day(date.fromisoformat(value)) if _DAY.fullmatch(value) else value
        except ValueError:
            return value

    def _moment(self, value: str) -> str:
        found = _MOMENT.fullmatch(value)
        try:
            return self.moment(datetime.fromisoformat(f"{found[1]}+00:00")) if found else value
        except ValueError:
            return value

    def _drafts_marked(self, value: str) -> str:
        return value.replace("(draft)", f"({self.text('draft_mark')})")

    def _parts(self, value: str) -> str:
        named = _GROUP_IN_PARTS.sub(lambda hit: f"{hit[1]}{self.text(f'vat_{hit[2]}')}:", value)
        return _NUMBER_IN_PARTS.sub(lambda hit: self.amount(Decimal(hit[0])), named)

    def _localised(self, number: str) -> str:
        return number.translate(str.maketrans(",.", ".,")) if self.language is Language.DANISH else number


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
