"""e-conomic as one of the targets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from pydantic import BaseModel, ConfigDict

from ledgerbridge.integration import Integration
from ledgerbridge.limits import Limits
from ledgerbridge.target.contract import ConnectionParts, TargetConnection, TargetKind
from ledgerbridge.target.economic.abilities import CAPABILITIES
from ledgerbridge.target.economic.limits import LIMITS

__all__ = ["KIND"]

_PRODUCT_NUMBER = 25  # economic section 3.4


class _NoOptions(BaseModel):
    """All that e-conomic asks for stands under ``invoicing``."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _limits(_options: BaseModel) -> Limits:
    return LIMITS


def _why_unfit(integration: Integration) -> Iterator[str]:
    """What e-conomic has goes by whole numbers from 1, products by texts of up to 25 characters."""
    invoicing = integration.invoicing
    numbers = {
        "default_debtor_group": invoicing.default_debtor_group,
        "layout": invoicing.layout,
        "due_date_term": invoicing.due_date_term,
        **{f"vat_zones.{name}": zone for name, zone in invoicing.vat_zones},
    }
    for key, value in numbers.items():
        if value is not None and not (value.isascii() and value.isdigit() and 0 < int(value) < 10**9):
            yield f"invoicing.{key}: {value!r} is no number of e-conomic's (1, 2, 3 …)"
    for key in ("product_with_vat", "product_without_vat"):
        if len(getattr(invoicing, key)) > _PRODUCT_NUMBER:
            yield f"invoicing.{key}: a product number has at most {_PRODUCT_NUMBER} characters"


def _connection(parts: ConnectionParts, options: BaseModel) -> TargetConnection:
    # DAG files are parsed often, and ask what a target takes; only tasks call it.
    from ledgerbridge.target.economic.connection import connection_from  # noqa: PLC0415

    return connection_from(parts, options)


KIND = TargetKind(
    name="e-conomic",
    capabilities=CAPABILITIES,
    options=_NoOptions,
    limits=_limits,
    why_unfit=_why_unfit,
    connection=_connection,
    daily_calls=50_000,  # economic section 2.9
    # It keeps a key for one hour (economic section 2.11). Past it a replay is executed again: elsewhere one after
    # 2 h 21 min booked a second invoice. Five minutes are kept in hand for the way there.
    key_lifetime=timedelta(minutes=55),
)
