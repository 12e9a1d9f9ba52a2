"""Company names, made comparable (LK-1)."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["compact", "normalise_name"]

_LETTERS = str.maketrans({"æ": "ae", "ä": "ae", "ø": "oe", "ö": "oe", "å": "aa", "ü": "y", "ß": "ss", "œ": "oe"})

# "v/" (ved) names the owner of a personally owned firm: "Hansen VVS v/Ole Hansen". One side often leaves it out.
_OWNER = re.compile(r"(?<=\S)[\s,]+v/.*$")

# Forms that need their stroke or dots: "is" and "as" are also words.
_SPELT_FORMS = re.compile(
    r"(?<!\w)(?:"
    r"[aikp]\s?/\s?s"
    r"|[aikp]\.\s?s\.?"
    r"|a\.?\s?p\.?\s?s\.?"
    r"|[as]\.\s?m\.\s?b\.\s?a\.?"
    r")(?!\w)"
)
_FORMS = frozenset(
    {
        "aps", "ivs", "amba", "fmba", "smba", "aktieselskab", "anpartsselskab", "interessentskab", "kommanditselskab",
        "partnerselskab", "ltd", "limited", "inc", "llc", "gmbh", "ab", "oy", "oyj", "bv", "nv", "asa", "plc", "sarl",
    }
)  # fmt: skip
_LAST_FORMS = _FORMS | {"as", "ag", "sa", "se", "kg"}
_AND = frozenset({"og", "and", "und", "och", "&", "+"})


def normalise_name(name: str | None) -> str:
    """The words of a name that tell it from another, in small plain letters with single blanks.

    Company forms, punctuation, accents and the owner after "v/" are left out; æ, ø, å and aa are
    one with their spellings; "&", "+", "and" and "og" are one. A name of nothing but a company
    form keeps it. Empty when there is nothing to compare.
    """
    text = unicodedata.normalize("NFKC", name or "").casefold().translate(_LETTERS)
    text = _plain(text)
    words = _words(_SPELT_FORMS.sub(" ", _OWNER.sub("", text)))
    if words and words[-1] in _LAST_FORMS:
        words = words[:-1]
    kept = [word for word in words if word not in _FORMS]
    return " ".join(kept or _words(text))


def compact(normalised: str) -> str:
    """The key by which names are equal: "Nord Lys" and "Nordlys" are one."""
    return normalised.replace(" ", "")


def _plain(text: str) -> str:
    """Without accents; decomposition leaves each as a mark of its own."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))


def _words(text: str) -> list[str]:
    spaced = re.sub(r"[&+]", " og ", re.sub(r"['’`´]", "", text))
    return ["og" if word in _AND else word for word in re.findall(r"\w+", spaced.replace("_", " "))]
