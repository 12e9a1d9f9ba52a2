"""The company's own values that an integration's settings stand for; found by preflight, kept, reused."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

__all__ = ["Resolved"]


class Resolved(BaseModel):
    """Keeping these saves every run the calls to look them up again. What decides a figure is not among them.

    ``terms``: payment term by its days after the invoice's date. ``debtor_groups``: by their keys.
    """

    model_config = ConfigDict(frozen=True)

    agreement_number: int
    company_name: str
    company_cvr: str | None
    customers_at_start: int
    base_currency: str
    debtor_group: str
    payment_term: str | None
    layout: str | None
    terms: dict[int, str]
    debtor_groups: tuple[str, ...]
    fi_account_digits: int | None = None
    dimension_values: dict[str, dict[str, str]] = {}

    @classmethod
    def from_json(cls, value: Any) -> Resolved:
        """What :meth:`pydantic.BaseModel.model_dump` gave."""
        return cls.model_validate(value)
