"""Statements live in ``.sql`` files beside the module that runs them; this reads them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

__all__ = ["load"]


@cache
def load(package: str, name: str) -> str:
    """The text of ``<name>.sql`` in ``package``, e.g. ``load("ledgerbridge.store.sql", "claim")``.

    Raises:
        FileNotFoundError: the package has no such file.
    """
    return files(package).joinpath(f"{name}.sql").read_text(encoding="utf-8")
