"""The reader's language: the texts of the pages, and which language a reader wants (X-6)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from io import BytesIO

from babel.messages.pofile import read_po
from starlette.requests import Request

from ledgerbridge.reasons import Language

__all__ = ["COOKIE", "Texts", "language_of", "texts_of"]

COOKIE = "ledgerbridge_language"


class Texts:
    """The pages' texts in one language, by the English text; by a name where it is put together («state waiting»)."""

    def __init__(self, catalogue: Mapping[str, str]) -> None:
        self._catalogue = catalogue

    def __call__(self, text: str, /, **values: object) -> str:
        """The text with its values; an unknown one stays as it is, which a test forbids."""
        found = self._catalogue.get(text, text)
        return found.format_map(values) if values else found

    def count(self, one: str, many: str, n: int, /, **values: object) -> str:
        """One of two texts, by the number."""
        return self(one if n == 1 else many, n=n, **values)


@cache
def texts_of(language: Language) -> Texts:
    """The texts, from ``texts/<language>.po``; the English file has only those that go by a name."""
    content = files(__package__).joinpath("texts", f"{language}.po").read_bytes()
    catalogue = read_po(BytesIO(content), locale=language.value)
    return Texts({str(message.id): str(message.string) for message in catalogue if message.id and message.string})


def language_of(request: Request) -> Language:
    """What the reader chose last, else what the browser asks for first; Danish where neither is known to us."""
    chosen = request.cookies.get(COOKIE)
    if chosen in set(Language):
        return Language(chosen)
    for wanted in request.headers.get("accept-language", "").split(","):
        name = wanted.split(";")[0].strip().split("-")[0].lower()
        if name in set(Language):
            return Language(name)
    return Language.DANISH
