"""Locators and idempotency keys: how a record, and a request, is recognised again at the other side."""

from __future__ import annotations

import base64
import hashlib
import json
import re

from ledgerbridge.integration import Integration
from ledgerbridge.records import Module
from ledgerbridge.store.transfers import Transfer
from ledgerbridge.target.registry import limits_of

__all__ = ["key_of", "locator_of"]

_SHORT = {Module.CUSTOMERS: "cus", Module.INVOICES: "inv"}
_LONGEST = 101
_PLAIN = re.compile(r"[a-z0-9]{1,40}")


def locator_of(integration: Integration, module: Module, source_id: str) -> str:
    """The text by which the record is found in the target: one per source record, never per revision.

    Only a–z, 0–9 and «-», so that no filter has to escape it. An id with anything else in it stands as its hash; where
    the target has no room for the whole, all of it does. Environments never share one: staging once blocked
    production's keys elsewhere (``economic`` section 7, no. 3).
    """
    plain = source_id if _PLAIN.fullmatch(source_id) else "x" + hashlib.sha256(source_id.encode()).hexdigest()[:20]
    whole = f"lb-{integration.environment}-{integration.name.replace('_', '-')}-{_SHORT[module]}-{plain}"
    room = limits_of(integration).locator
    if room >= _LONGEST:
        return whole
    said = json.dumps([integration.environment, integration.name, module.value, source_id]).encode()
    digest = base64.b32encode(hashlib.sha256(said).digest()).decode().rstrip("=").lower()
    return f"lb{digest}"[:room]


def key_of(transfer: Transfer, step: str) -> str:
    """The idempotency key of a transfer's present attempt at a step.

    The generation rises after every definite outcome and never after an unknown one, so a key stands for exactly
    one body.
    """
    return f"{transfer.locator}-r{transfer.revision}-g{transfer.generation}-{step}"
