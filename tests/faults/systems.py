"""What tests that hold for every target must know of each: the one place to tell it when a target is added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ledgerbridge.records import Module
from sandbox.grounds import SYSTEMS

__all__ = ["System", "of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A target and its stand-in."""

    roundings: Mapping[str, int]
    """How its stand-in may round VAT (its knob ``vat_rounding``), with what the source's VAT must be off, in øre, for
    half an øre to come out otherwise there. ``test_p12_to_the_oere.py`` computes what each word means."""

    reads_before_a_write: int
    """At most, when nothing of the task was read before: one where a write is one call."""
    calls_of_a_refused_record: int
    """A draft may take several, and a group be made before one is refused alone."""
    calls_besides: int = 0
    """What a task reads before its first record, and ``reads_before_a_write`` does not count."""
    counts_the_call_that_met_a_401: bool
    """Whether the stand-in does."""
    calls_of_a_day: int
    """Under this budget forty invoices are booked, and not all of their PDFs fetched: their calls, and some twenty."""
    reads_by: Mapping[str, str]
    """Which of its calls only read, for fault rules."""
    many_processes: Mapping[str, Any] = field(default_factory=dict)
    """Knobs that let several processes call at once."""

    layout: Mapping[str, Any] = field(default_factory=dict)
    """Settings for invoicing with which invoices have a layout."""
    named_by_settings: Mapping[str, tuple[Module, str]]
    """What payloads carry because the settings say so → the module, and the name among preflight's values. ``layout of
    an invoice`` is one of them where it has layouts."""
    group: str
    """The default group's name among preflight's values."""
    resolved_are_numbers: bool
    """Whether preflight's values are kept as numbers."""
    wrong: Mapping[str, Any]
    """Settings for invoicing that name what is not there, by the setting."""

    missing_right: str
    """The word of its answer to a call without the right to it."""
    customers_path: str
    """What such a sentence calls the customers' calls."""
    refused: str
    """The code of a record that is refused there, and of nothing else."""
    bad_payload: str
    """The code of a payload that is no JSON: refused there, or found here."""
    product_barred: str | None = None
    """The code of a barred product, where it has one of its own."""

    holders: frozenset[str]
    """Classes of its folder that have its secrets within reach."""


_KNOWN = {
    "economic": System(
        roundings={"document": 1, "line": 0},
        reads_before_a_write=1,
        calls_of_a_refused_record=1,
        calls_besides=2,
        counts_the_call_that_met_a_401=False,
        calls_of_a_day=140,
        reads_by={"method": "GET"},
        named_by_settings={
            "payment terms of an invoice": (Module.INVOICES, "due_date_term"),
            "payment terms of a customer": (Module.CUSTOMERS, "due_date_term"),
            "layout of an invoice": (Module.INVOICES, "layout"),
        },
        group="customer_group",
        resolved_are_numbers=True,
        wrong={"default_debtor_group": "88", "vat_zones": {"domestic": "88"}},
        missing_right="403",
        customers_path="/customers",
        refused="economic_refused",
        bad_payload="economic_refused",
        product_barred="economic_product_barred",
        holders=frozenset({"EconomicConnection", "Economic"}),
    ),
    "uniconta": System(
        roundings={"half_up": 1, "half_even": 0},
        reads_before_a_write=10,
        calls_of_a_refused_record=8,
        counts_the_call_that_met_a_401=True,
        calls_of_a_day=105,
        reads_by={"method": "POST", "path": "/Query/Get/"},
        many_processes={"server_login": "allowed"},
        layout={"layout": "Dansk"},
        named_by_settings={
            "payment terms of a customer": (Module.CUSTOMERS, "payment_term"),
            "layout of a customer": (Module.CUSTOMERS, "layout"),
            "layout of an invoice": (Module.INVOICES, "layout"),
        },
        group="debtor_group",
        resolved_are_numbers=False,
        wrong={"default_debtor_group": "88"},  # its zones are five, for ever
        missing_right="NoRights",
        customers_path="DebtorClient",
        refused="uniconta_refused",
        bad_payload="unexpected_error",  # it is taken apart here
        holders=frozenset(
            {"UnicontaConnection", "UnicontaReach", "Credentials", "Session", "_Token", "Api", "Uniconta"}
        ),
    ),
}


def of(system: str) -> System:
    """What is known of it."""
    if system not in _KNOWN:
        message = f"{system!r} is in SYSTEMS ({', '.join(SYSTEMS)}), and {__file__} does not say what to expect of it"
        raise LookupError(message)
    return _KNOWN[system]
