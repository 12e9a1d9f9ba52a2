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
    """Where calls go: (verb, regular expression). It is searched for in the path of a call, by fault rules, and in the
    name by which ``counters`` counts writes; so where a number stands in the path, it must also match what stands for
    the number there.
    """

    create_customer: tuple[str, str]
    update_customer: tuple[str, str]
    create_draft: tuple[str, str]
    replace_draft: tuple[str, str]
    delete_draft: tuple[str, str]
    book: tuple[str, str]
    read_customers: tuple[str, str]
    read_documents: tuple[str, str]


class Books(Protocol):
    """One firm's accounts at a stand-in. ``fields`` are the canonical customer's."""

    @property
    def number(self) -> int:
        """Of the agreement or company."""

    @property
    def control(self) -> Control:
        """The stand-in's control address."""

    @property
    def calls(self) -> Calls:
        """Where calls go there."""

    def customers(self) -> Sequence[CustomerThere]:
        """Every customer."""

    def drafts(self) -> Sequence[Document]:
        """Every draft, whoever made it."""

    def booked(self) -> Sequence[Document]:
        """Every booked invoice, whoever booked it."""

    def locators(self) -> Mapping[str, int]:
        """How often each of our marks stands there, drafts and booked together."""

    def owed(self) -> Mapping[int, Decimal]:
        """What the ledger says that customers were charged, by the booked invoice's number and in its currency."""

    def pdf_is_given(self, number: int) -> bool:
        """Whether there is a PDF of the booked invoice."""

    # What people do there.

    def add_customer(self, number: str, name: str, **fields: str) -> None:
        """A customer of somebody else's making."""

    def change_customer(self, number: str, **fields: str) -> None:
        """Write over some of a customer's fields."""

    def remove_customer(self, number: str) -> None:
        """Delete a customer."""

    def block_customer(self, number: str) -> None:
        """Bar a customer: nothing is invoiced to it."""

    def unblock_customer(self, number: str) -> None:
        """Lift the bar."""

    def book_draft(self, number: int) -> int:
        """Book a draft; its number then."""

    def remove_draft(self, number: int) -> None:
        """Delete a draft."""

    def add_line_to_draft(self, number: int, text: str, net: Decimal) -> None:
        """One more line at the end of a draft."""

    def close_year(self, year: int) -> None:
        """Close an accounting year."""

    def bar_product(self, number: str) -> None:
        """Nothing is sold of it any more."""

    def remove_product(self, number: str) -> None:
        """Delete a product."""

    # What befalls a firm.

    def match(self, **more: object) -> dict[str, Any]:
        """What a fault rule must name to befall this firm's calls alone."""

    def revoke(self) -> None:
        """The grant, the key or the user is gone: nothing may be done any more."""

    def restore(self) -> None:
        """It is good again."""

    def take_rights(self) -> None:
        """Reading goes on; nothing may be written any more, neither invoices nor customers."""

    def give_rights(self) -> None:
        """Everything may be done again."""

    def refusals(self) -> int:
        """Calls that were refused for want of a right."""
