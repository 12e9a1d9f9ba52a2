"""Uniconta as one of the targets."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from ledgerbridge.integration import Integration, PaymentIdFrom
from ledgerbridge.limits import Limits
from ledgerbridge.target.contract import ConnectionParts, TargetConnection, TargetKind
from ledgerbridge.target.uniconta.abilities import CAPABILITIES
from ledgerbridge.target.uniconta.limits import limits_with
from ledgerbridge.target.uniconta.options import CustomerNumberRule, UnicontaOptions
from ledgerbridge.target.uniconta.zones import ZONES

__all__ = ["KIND"]


def _limits(options: BaseModel) -> Limits:
    return limits_with(UnicontaOptions.model_validate(options))


def _why_unfit(integration: Integration) -> Iterator[str]:
    """The zones are five and have names; letters in a customer number cannot stand in a payment id (section 1.3)."""
    invoicing = integration.invoicing
    options = UnicontaOptions.model_validate(integration.target.options or {})
    for name, zone in invoicing.vat_zones:
        if zone is not None and zone not in ZONES:
            yield f"invoicing.vat_zones.{name}: {zone!r} is none of {', '.join(ZONES)}"
    from_account = invoicing.fi_payment_id is PaymentIdFrom.ACCOUNT_AND_INVOICE_NUMBER
    if from_account and options.customer_numbers is not CustomerNumberRule.DIGITS:
        yield "invoicing.fi_payment_id: account_and_invoice_number needs target.options.customer_numbers: digits"


def _connection(parts: ConnectionParts, options: BaseModel) -> TargetConnection:
    # DAG files are parsed often, and ask what a target takes; only tasks call it.
    from ledgerbridge.target.uniconta.connection import connection_from  # noqa: PLC0415

    return connection_from(parts, options)


KIND = TargetKind(
    name="Uniconta",
    capabilities=CAPABILITIES,
    options=UnicontaOptions,
    limits=_limits,
    why_unfit=_why_unfit,
    connection=_connection,
    daily_calls=5_000,  # section 10
    key_lifetime=None,  # there are no idempotency keys: the locator carries everything (section 7.5)
    has_one_session=True,  # a server user may be logged in once (section 2.1)
)
