"""All routes of the legacy API in one place."""

from __future__ import annotations

from sandbox.economic import (
    accounts,
    booked,
    booking,
    contacts,
    customers,
    drafts,
    invoice_totals,
    products,
    self_resource,
    settings_resources,
    settings_writes,
    tools,
)
from sandbox.economic.routing import Router


def legacy_router() -> Router:
    """The router of the legacy API."""
    parts = (
        accounts, booked, booking, contacts, customers, drafts, invoice_totals, products, self_resource,
        settings_resources, settings_writes, tools,
    )  # fmt: skip
    return Router(route for part in parts for route in part.ROUTES)
