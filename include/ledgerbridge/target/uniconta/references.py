"""What a row refers to and the company lacks: «the record does not exist» does not say which record it means."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

__all__ = ["References"]

Row = Mapping[str, Any]
Query = Callable[[str, str, str], Sequence[Row]]

_DIMENSIONS = {f"Dimension{n}": (f"GLDimType{n}Client", "Dimension") for n in range(1, 6)}
_TERMS_AND_LAYOUTS = {"Payment": ("PaymentTermClient", "Payment"), "LayoutGroup": ("DebtorLayoutGroupClient", "Name")}
# Where the record is that a property names, and the property that is its key there.
_REFERENCES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "DebtorClient": {"Group": ("DebtorGroupClient", "Group"), **_TERMS_AND_LAYOUTS, **_DIMENSIONS},
    "DebtorOrderClient": {"Account": ("DebtorClient", "Account"), **_TERMS_AND_LAYOUTS, **_DIMENSIONS},
    "DebtorOrderLineClient": {"Item": ("InvItemClient", "Item"), **_DIMENSIONS},
}


class References:
    """Looks up what rows refer to, each record once in the life of a process."""

    def __init__(self, query: Query) -> None:
        self._query = query
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], bool] = {}

    def of(self, entity: str, rows: Sequence[Row]) -> list[tuple[str, str]]:
        """Property and value of all that these rows refer to."""
        names = _REFERENCES.get(entity, {})
        return sorted({(name, str(row[name])) for row in rows for name in names if row.get(name)})

    def missing(self, entity: str, rows: Sequence[Row]) -> list[tuple[str, str]]:
        """Those that the company does not have.

        Raises:
            LedgerbridgeError: it could not be asked.
        """
        names = _REFERENCES.get(entity, {})
        return [(name, value) for name, value in self.of(entity, rows) if not self._is_there(*names[name], value)]

    def _is_there(self, entity: str, key: str, value: str) -> bool:
        with self._lock:
            known = self._known.get((entity, value))
        if known is None:
            known = any(str(row.get(key)) == value for row in self._query(entity, key, value))
            with self._lock:
                self._known[entity, value] = known
        return known
