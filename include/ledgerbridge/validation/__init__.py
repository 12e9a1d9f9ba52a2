"""Checking staged records before they are sent, each broken rule with its reason in words.

Rules: :mod:`.customers` and :mod:`.invoices`, one list each. Rows they read: :mod:`.frames`.
Running them: :mod:`.suite`. What a target's fields hold: :mod:`.limits`. In which form a line can
be sent exactly: :mod:`.lines`.
"""

from ledgerbridge.validation.batch import Checked, Validated, validate

__all__ = ["Checked", "Validated", "validate"]
