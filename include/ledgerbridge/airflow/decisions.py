"""The form of the invoices' DAG: accept a difference in VAT, set an invoice aside."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ledgerbridge.airflow.telling import tell

if TYPE_CHECKING:
    from ledgerbridge.delivery.desk import Desk

__all__ = ["ACCEPT", "BECAUSE", "SET_ASIDE", "carry_out"]

ACCEPT, SET_ASIDE, BECAUSE = "accept_vat_difference_for", "set_aside", "because"


def carry_out(desk: Desk, form: Mapping[str, Any]) -> int:
    """Do what the form asks, all of it or nothing; how many invoices it was about.

    Raises:
        Rejection: something of it cannot be done; names which, and nothing was changed.
    """
    accepted, set_aside = _numbers(form, ACCEPT), _numbers(form, SET_ASIDE)
    if not accepted and not set_aside:
        return 0
    from ledgerbridge.delivery.invoice_decisions import decide  # noqa: PLC0415

    decided = decide(desk, accepted, set_aside, str(form.get(BECAUSE) or "").strip())
    for each in decided:
        tell(each.reason, each.asked_for, logging.WARNING)
    return len(decided)


def _numbers(form: Mapping[str, Any], name: str) -> list[str]:
    given = [str(number).strip() for number in form.get(name) or ()]
    return list(dict.fromkeys(number for number in given if number))
