"""What a firm's accounts hold at a stand-in, in words that do not depend on whose accounting system it is.

Tests that must hold for every target look at it through this, and do through it what people do in the vendor's own
program. What only one vendor has is asked of that stand-in's own control address.
"""

from __future__ import annotations

import datetime  # noqa: ICN001 - fields here are called «date»
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from sandbox.standin.control import Control

__all__ = ["Books", "Calls", "CustomerThere", "Document", "DocumentLine"]


@dataclass(frozen=True, slots=True)
class CustomerThere:
    """A customer in the accounts; ``fields`` by the canonical record's names, the country as it is written there."""

    number: str
    name: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A line of a draft or of a booked invoice; a text line has no product."""

    product: str | None
    text: str
    quantity: Decimal
    price: Decimal
    net: Decimal


@dataclass(frozen=True, slots=True)
class Document:
    """A draft or a booked invoice.

    ``vat``, ``gross`` of a draft: only where the accounting system shows them. ``text`` is all of its texts besides the
    lines'. ``draft_number`` of a booked one: the draft that it was.
    """

    number: int
    locator: str
    customer: str
    currency: str
    date: datetime.date
    due_date: datetime.date | None
    net: Decimal
    vat: Decimal | None
    gross: Decimal | None
    text: str
    reference: str
    lines: tuple[DocumentLine, ...]
    draft_number: int | None = None

    @property
    def amounts(self) -> tuple[Decimal, Decimal | None, Decimal | None]:
        """Net, VAT and gross."""
        return self.net, self.vat, self.gross


@dataclass(frozen=True, slots=True)
class Calls:
    """Where calls go, for fault rules: (verb, regular expression on the path)."""

    create_customer: tuple[str, str]
    update_customer: tuple[str, str]
    create_draft: tuple[str, str]
    replace_draft: tuple[str, str]
    delete_draft: tuple[str, str]
    book: tuple[str, str]
    read_customers: tuple[str, str]
    read_documents: tuple[str, str]


class Books(Protocol):
    """One firm's accounts at a stand-in. ``number``: of the agreement or company."""

    @property
    def number(self) -> int: ...
    @property
    def control(self) -> Control: ...
    @property
    def calls(self) -> Calls: ...

    def customers(self) -> Sequence[CustomerThere]: ...
    def drafts(self) -> Sequence[Document]: ...
    def booked(self) -> Sequence[Document]: ...
    def locators(self) -> Mapping[str, int]: ...
    def owed(self) -> Mapping[int, Decimal]: ...
    def pdf_is_given(self, number: int) -> bool: ...

    # What people do there.

    def add_customer(self, number: str, name: str, **fields: str) -> None: ...
    def change_customer(self, number: str, **fields: str) -> None: ...
    def remove_customer(self, number: str) -> None: ...
    def block_customer(self, number: str) -> None: ...
    def unblock_customer(self, number: str) -> None: ...
    def book_draft(self, number: int) -> int: ...
    def remove_draft(self, number: int) -> None: ...
    def add_line_to_draft(self, number: int, text: str, net: Decimal) -> None: ...
    def close_year(self, year: int) -> None: ...
    def bar_product(self, number: str) -> None: ...
    def remove_product(self, number: str) -> None: ...

    # What befalls a firm.

    def match(self, **more: object) -> dict[str, Any]: ...
    def revoke(self) -> None: ...
    def restore(self) -> None: ...
    def take_rights(self) -> None: ...
    def give_rights(self) -> None: ...
    def refusals(self) -> int: ...
