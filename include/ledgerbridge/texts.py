"""Free text that is too long for a field: cut at a word and marked, or continued (X-9).

Lengths are Unicode characters, as the targets' schemas count them. No cut falls inside what a
reader sees as one sign (an accent on its letter, an emoji with its skin tone, a flag).
"""

from __future__ import annotations

import unicodedata

__all__ = ["ELLIPSIS", "address_text", "cut_at_word", "split_for_text_lines"]

ELLIPSIS = "…"

_JOINER = "\u200d"


def address_text(*lines: str | None) -> str:
    """The address as the targets hold it: one text, its lines under each other, empty ones left out."""
    return "\n".join(line.strip() for line in lines if line and line.strip())


def cut_at_word(text: str, limit: int) -> str:
    """``text`` in at most ``limit`` characters; what had to be cut ends in "…".

    Raises:
        ValueError: ``limit`` is less than 1.
    """
    _check(limit)
    if len(text) <= limit:
        return text
    return text[: _break_before(text, limit - 1)].rstrip() + ELLIPSIS


def split_for_text_lines(text: str, limit: int) -> tuple[str, ...]:
    """``text`` in pieces of at most ``limit`` characters, none of them empty, nothing lost but blanks.

    The first piece stands on the invoice line itself, the others on text lines below it. Line
    breaks are preferred to blanks, blanks to a cut inside a word. A single sign longer than the
    limit is cut all the same: a piece never exceeds the limit.

    Raises:
        ValueError: ``limit`` is less than 1.
    """
    _check(limit)
    pieces = []
    rest = text.strip()
    while len(rest) > limit:
        end = _break_before(rest, limit, prefer_line_break=True) or limit
        pieces.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    if rest:
        pieces.append(rest)
    return tuple(pieces)


def _check(limit: int) -> None:
    if limit < 1:
        message = f"a limit of {limit} characters holds no text"
        raise ValueError(message)


def _break_before(text: str, limit: int, *, prefer_line_break: bool = False) -> int:
    """How many characters (at most ``limit``) stand before the best break; 0 when there is none.

    A break that would leave less than half of the room is passed over for one inside a word: a
    name of one long word should not shrink to its first syllable.
    """
    if limit < len(text) and prefer_line_break:
        line_break = text.rfind("\n", 0, limit + 1)
        if line_break > limit // 2:
            return line_break
    for end in range(min(limit, len(text) - 1), limit // 2, -1):
        # The character at ``end`` may itself be the blank: then the word before it fits whole.
        if text[end].isspace() and not _belongs_to_the_sign_before(text, end + 1):
            return end
    end = limit
    while end > 0 and _belongs_to_the_sign_before(text, end):
        end -= 1
    return end


def _belongs_to_the_sign_before(text: str, index: int) -> bool:
    """Whether a cut between ``index - 1`` and ``index`` would tear one visible sign apart."""
    if index >= len(text):
        return False
    before, after = text[index - 1], text[index]
    if _JOINER in {before, after}:
        return True
    if unicodedata.category(after) in {"Mn", "Me", "Mc"} or _is_modifier(after):
        return True
    return _is_regional(after) and _is_regional(before) and _regionals_before(text, index) % 2 == 1


def _is_modifier(character: str) -> bool:
    """Skin tones, and the tags that spell the flags of England, Scotland and Wales."""
    return "\U0001f3fb" <= character <= "\U0001f3ff" or "\U000e0020" <= character <= "\U000e007f"


def _is_regional(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _regionals_before(text: str, index: int) -> int:
    """Two regional letters make one flag, so their number tells whether a flag is half told."""
    count = 0
    while count < index and _is_regional(text[index - 1 - count]):
        count += 1
    return count
