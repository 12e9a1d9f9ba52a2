"""Texts of a document that may be cut to what the target keeps; each that was is told (X-9)."""

from __future__ import annotations

from dataclasses import dataclass, field

from ledgerbridge.reasons import Reason
from ledgerbridge.texts import cut_at_word

__all__ = ["Fitting"]


@dataclass(slots=True)
class Fitting:
    """A document that is being built."""

    warnings: list[Reason] = field(default_factory=list, kw_only=True)

    def fitted(self, name: str, text: str | None, limit: int) -> str | None:
        """The text, cut at a word where it is longer than ``limit`` characters; nothing for an empty one."""
        if text is None or len(text) <= limit:
            return text or None
        self.warnings.append(Reason("text_cut", {"field": name, "limit": str(limit)}))
        return cut_at_word(text, limit)
