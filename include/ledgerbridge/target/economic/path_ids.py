"""Identifiers in e-conomic's paths: its own way of writing what a path cannot hold (``economic`` section 2.5)."""

from __future__ import annotations

from urllib.parse import quote

__all__ = ["path_id"]

_SIGNS = "<>*%:&/\\_ ?.#+"
_CODES = str.maketrans({sign: f"_{number}_" for number, sign in enumerate(_SIGNS)})


def path_id(identifier: str) -> str:
    """``My Product_5%`` as ``My_9_Product_8_5_3_``; all else percent-encoded."""
    return quote(identifier.translate(_CODES), safe="")
