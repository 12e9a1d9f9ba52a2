"""One call while it is answered, and the reply to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sandbox.economic.agreement import Agreement, Collection
from sandbox.economic.clock import Clock
from sandbox.economic.errors import not_acceptable, not_found
from sandbox.economic.links import Links
from sandbox.economic.paging import Listing, list_answer
from sandbox.economic.query import Query
from sandbox.standin.jsontext import Doc
from sandbox.standin.reply import Reply


@dataclass(slots=True)
class Call:
    """What a handler needs to know about one call."""

    agreement: Agreement
    clock: Clock
    method: str
    query: Query
    links: Links
    accept: str
    body: object = None
    parameters: dict[str, str] = field(default_factory=dict)

    def parameter(self, name: str) -> str:
        """A part of the path, decoded."""
        return self.parameters[name]

    def number(self, name: str) -> int:
        """A numeric part of the path; anything else is a resource that does not exist."""
        text = self.parameters[name]
        if not (text.isascii() and text.isdigit() and len(text) <= 18):
            raise not_found()
        return int(text)

    def record(self, kind: str, key: int | str) -> Doc:
        """A record, or 404; a repeated DELETE says E06000 (contract 2.2)."""
        record = self.agreement[kind].get(key)
        if record is None:
            raise not_found("E06000" if self.method == "DELETE" else None)
        return record

    def collection(self, kind: str) -> Collection:
        """A collection of the agreement."""
        return self.agreement[kind]

    def list(self, records: Iterable[Doc], listing: Listing) -> Reply:
        """The answer of a collection."""
        crash = self.agreement.knobs.flag("known_500s")
        return Reply.json(200, list_answer(records, self.query, listing, crash=crash))

    def created(self, body: Doc) -> Reply:
        """201 with Location and the whole stored resource (contract 2.2)."""
        return Reply.json(201, body, {"Location": str(body["self"])})

    def require_accept(self, offered: str, *also: str) -> None:
        """406 unless the Accept header allows what this resource has to offer."""
        if not accepts(self.accept, offered, *also):
            raise not_acceptable(offered)


def accepts(header: str, *offered: str) -> bool:
    """Whether an Accept header names one of the offered types; no header accepts all."""
    if not header:
        return True
    asked = [part.partition(";")[0].strip().lower() for part in header.split(",")]
    wildcards = {"*/*", *(f"{kind.partition('/')[0]}/*" for kind in offered)}
    return any(kind in wildcards or kind in offered for kind in asked)
