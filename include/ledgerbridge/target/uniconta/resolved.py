"""The company's own values that an integration's settings stand for; found by preflight, kept, reused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict

__all__ = ["Group", "Item", "Resolved"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Group(_Frozen):
    """A debtor or item group's sales VAT: the percentage of each of the five zones, 0 where there is none and ``None``
    where its code is unknown."""

    rates: tuple[Decimal | None, ...]
    follows_debtor: bool = False

    def rate(self, slot: int) -> Decimal | None:
        """The percentage in a zone."""
        return self.rates[slot] if slot < len(self.rates) else None


class Item(_Frozen):
    """An item: its group, and how many decimals its quantities keep."""

    group: str
    decimals: int
    name: str = ""
    is_blocked: bool = False


class Resolved(_Frozen):
    """Keeping these saves every run the calls to look them up again.

    ``terms``: payment term by its days after the invoice's date. ``vat``: percentage by VAT code.
    """

    agreement_number: int
    company_name: str
    company_cvr: str | None
    customers_at_start: int
    base_currency: str
    debtor_group: str
    payment_term: str | None
    layout: str | None
    terms: dict[int, str]
    vat: dict[str, Decimal]
    debtor_groups: dict[str, Group]
    item_groups: dict[str, Group]
    items: dict[str, Item]
    fi_account_digits: int | None = None
    dimension_values: dict[str, dict[str, str]] = {}

    @classmethod
    def from_json(cls, value: Any) -> Resolved:
        """What :meth:`pydantic.BaseModel.model_dump` gave."""
        return cls.model_validate(value)
