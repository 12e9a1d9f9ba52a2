"""An entity: its properties, its key, and who may write it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sandbox.uniconta.properties import Property


@dataclass(frozen=True)
class Entity:
    """One entity as all surfaces serve it."""

    name: str
    properties: tuple[Property, ...]
    key: str = ""
    """The property that names a record; without one only RowId does."""
    writable: bool = True
    aliases: tuple[str, ...] = ()
    """Computed names under which RowId is told once more."""
    by_name: dict[str, Property] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Index the properties."""
        self.by_name.update({prop.name: prop for prop in self.properties})


def entity(
    name: str,
    *groups: Property | Iterable[Property],
    key: str = "",
    writable: bool = True,
    aliases: tuple[str, ...] = (),
) -> Entity:
    """An entity from single properties and groups of them, in the order in which they are told."""
    flat: list[Property] = []
    for group in groups:
        flat += [group] if isinstance(group, Property) else list(group)
    return Entity(name, tuple(flat), key, writable, aliases)
