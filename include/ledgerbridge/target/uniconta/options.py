"""What an integration says of Uniconta that no other target has (``target.options``; CT-7).

Several of them are there because the interface's own behaviour is not documented: the default is the safe one, and
``docs/uniconta.md`` says of each what is known.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["BulkReading", "CustomerNumberRule", "Dimensions", "OrderNumberIn", "UnicontaOptions"]

_CUSTOMERS_OWN = {"yourref", "requisition"}
_MEANS_SOMETHING = {"account", "ordernumber", "currency", "payment", "remark", "rowid", "settlements"}

Dimension = Annotated[int, Field(ge=0, le=5)]


class CustomerNumberRule(StrEnum):
    """Under which numbers customers are created. Only digits can stand in an FI payment id."""

    DIGITS = "digits"
    ANY = "any"


class BulkReading(StrEnum):
    """Where long lists are read: the official feed (with Basic authentication), or the Web API's queries."""

    ODATA = "odata"
    QUERY = "query"


class OrderNumberIn(StrEnum):
    """Where the request to post names the order (section 5.3: the vendor's own clients disagree)."""

    ROOT = "root"
    ORDER = "order"


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Dimensions(_Frozen):
    """Which of Uniconta's five dimensions takes team, department and division; 0: not in use (CT-7, CT-15)."""

    team: Dimension = 0
    department: Dimension = 0
    division: Dimension = 0

    @model_validator(mode="after")
    def _one_each(self) -> Self:
        used = [number for _, number in self if number]
        if len(used) != len(set(used)):
            message = "team, department and division must be three different dimensions (0 for one that is not in use)"
            raise ValueError(message)
        return self

    def in_use(self) -> dict[str, int]:
        """Name → dimension, of those that are in use."""
        return {name: number for name, number in self if number}


class UnicontaOptions(_Frozen):
    """``company`` is the name that the company ``company_id`` must have: one digit wrong would be another ledger."""

    company_id: Annotated[int, Field(ge=1, le=999_999_999)]
    company: Annotated[str, Field(min_length=1, max_length=100)]
    dimensions: Dimensions = Dimensions()
    customer_numbers: CustomerNumberRule = CustomerNumberRule.DIGITS
    email_length: Annotated[int, Field(ge=40, le=255)] = 40
    locator_field: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,39}$")] = "ReferenceNumber"
    bulk_reading: BulkReading = BulkReading.ODATA
    due_date_on_order: bool = True
    order_number_in: OrderNumberIn = OrderNumberIn.ROOT
    exchange_rate_units: Annotated[int, Field(ge=1, le=100)] = 1

    @model_validator(mode="after")
    def _locator_has_a_field_of_its_own(self) -> Self:
        field = self.locator_field.lower()
        if field in _CUSTOMERS_OWN or field in _MEANS_SOMETHING:
            message = f"locator_field: {self.locator_field} is in use for something else; take ReferenceNumber"
            raise ValueError(message)
        return self
