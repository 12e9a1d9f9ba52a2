"""All entities, and the names under which the surfaces serve them (contract 3)."""

from __future__ import annotations

from typing import Final

from sandbox.uniconta import sales_entities, setup_entities
from sandbox.uniconta.entity import Entity

ENTITIES: Final = {one.name: one for one in (*sales_entities.ENTITIES, *setup_entities.ENTITIES)}

_WITHOUT_CLIENT: Final = {"debtorinvoicelines": "DebtorInvoiceLines", "debtorinvoicelinesuser": "DebtorInvoiceLines"}
_BY_LOWER_NAME: Final = {name.lower(): name for name in ENTITIES}


def served_as(word: str) -> tuple[Entity, str, bool] | None:
    """The entity behind a word of a path, its proper name there, and whether it shows the company's own fields."""
    lower = word.lower()
    name = _WITHOUT_CLIENT.get(lower)
    if name is not None:
        own = lower.endswith("user")
        return ENTITIES[name], f"{name}User" if own else name, own
    for suffix, own in (("clientuser", True), ("client", False)):
        name = _BY_LOWER_NAME.get(lower.removesuffix(suffix)) if lower.endswith(suffix) else None
        if name is not None and name != "DebtorInvoiceLines":
            return ENTITIES[name], f"{name}Client{'User' if own else ''}", own
    return None


def endpoints() -> list[str]:
    """Every name that can be asked for, as the read feed lists them."""
    names = []
    for name in ENTITIES:
        names += [name, f"{name}User"] if name == "DebtorInvoiceLines" else [f"{name}Client", f"{name}ClientUser"]
    return sorted(names)
