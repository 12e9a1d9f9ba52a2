"""e-conomic as one of the targets."""

from __future__ import annotations

from ledgerbridge.target.contract import TargetKind
from ledgerbridge.target.economic.connection import connection_from
from ledgerbridge.target.economic.limits import LIMITS

__all__ = ["KIND"]

KIND = TargetKind(name="e-conomic", limits=LIMITS, connection=connection_from)
