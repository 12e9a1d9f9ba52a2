"""The target's own values that an integration's settings stand for; found by preflight, kept, reused."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

__all__ = ["Resolved"]


class Resolved(BaseModel):
    """Numbers in the agreement. Keeping them saves every run the calls to look them up again."""

    model_config = ConfigDict(frozen=True)

    agreement_number: int
    company_name: str
    company_cvr: str | None
    layout: int
    due_date_term: int
    customer_group: int
    units: dict[str, int]
    customers_at_start: int

    @classmethod
    def from_json(cls, value: Any) -> Resolved:
        """What :meth:`pydantic.BaseModel.model_dump` gave."""
        return cls.model_validate(value)
