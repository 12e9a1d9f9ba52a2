"""Texts that people look for, as PostgreSQL's LIKE takes them."""

from __future__ import annotations

__all__ = ["anywhere", "literally"]


def literally(text: str) -> str:
    """The text with nothing in it that LIKE would take for a pattern."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def anywhere(text: str | None) -> str | None:
    """A pattern that finds the text in the middle of others; nothing where nothing is looked for."""
    return f"%{literally(text)}%" if text else None
