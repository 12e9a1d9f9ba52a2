"""Who may call what: roles and modules (contract 1.4, 1.5).

The vendor's table is cut below the rows used here; products, units, layouts, terms and VAT settings are
open to every role that invoices or keeps books.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sandbox.economic.agreement import Agreement
from sandbox.economic.errors import forbidden, missing_role

ROLE_NUMBERS: Final[Mapping[str, int]] = {
    "Bookkeeping": 1, "SuperUser": 2, "Sales": 3, "ProjectEmployee": 4,
}  # fmt: skip
"""Only the number 2 of SuperUser is recorded."""

_BOOKS: Final = frozenset({"SuperUser", "Bookkeeping"})
_SALES: Final = frozenset({"SuperUser", "Sales"})
_BOTH: Final = _BOOKS | _SALES

_ROLES: Final[Mapping[str, frozenset[str]]] = {
    "accounts": _BOOKS,
    "accounting-years": _BOOKS,
    "self": _SALES,
    "currencies": _BOTH,
    "departments": _BOTH,
    "departmental-distributions": _BOTH,
    "invoices": _SALES,
    "customers": _SALES,
    "customer-groups": _SALES,
    "employees": _SALES,
    "products": _BOTH,
    "product-groups": _BOTH,
    "units": _BOTH,
    "layouts": _BOTH,
    "payment-terms": _BOTH,
    "vat-zones": _BOTH,
    "vat-types": _BOTH,
    "vat-accounts": _BOTH,
}

_MODULES: Final[Mapping[str, tuple[int, str]]] = {
    "departments": (14, "Dimension"),
    "departmental-distributions": (14, "Dimension"),
}


def require_rights(agreement: Agreement, template: str) -> None:
    """403 when no granted role opens the resource, or a module it needs was not bought."""
    root = template.strip("/").partition("/")[0]
    needed = _ROLES.get(root)
    if needed is not None and needed.isdisjoint(agreement.profile["roles"]):
        raise missing_role(root, sorted(needed))
    module = _MODULES.get(root)
    if module is not None and not agreement.has_module(module[0]):
        message = f"To use this feature you must be authorized to use the {module[1]} add-on module."
        raise forbidden(message, "E03040")
