"""An answer before it goes on the wire."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.standin.jsontext import encode

JSON = "application/json; charset=utf-8"


@dataclass(slots=True)
class Reply:
    """Status, body, type and headers of an answer."""

    status: int
    body: bytes = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, status: int, body: object, headers: dict[str, str] | None = None) -> Reply:
        """An answer with a JSON body."""
        return cls(status, encode(body), JSON, headers or {})
