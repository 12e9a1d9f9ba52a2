"""e-conomic's error bodies, in all their shapes (``economic`` section 2.10).

``errors`` comes keyed by property, as an array, as strings, or in the wording of 2015. The walk is
generic: every object that has an ``errorCode`` is a problem, wherever it stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ["Problem", "is_garbled", "problems_of", "summary"]

_TEXTS = ("message", "title", "detail", "errorCode")
_NUMBERS = ("httpStatusCode", "status")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that e-conomic did not accept. ``path`` is where, e.g. ``lines[8].product``."""

    code: str
    message: str
    path: str
    value: str

    @property
    def property_name(self) -> str:
        """The last property of the path, without an index."""
        return self.path.rsplit(".", 1)[-1].split("[", 1)[0]

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        return f"{where}{self.message} ({self.code})" if self.code else f"{where}{self.message}"


def problems_of(document: Any) -> list[Problem]:
    """Every problem that an error body names; at least one, made of its message, when it names none."""
    if not isinstance(document, dict):
        return [Problem("", "an answer without a readable error", "", "")]
    found = list(_walk(document.get("errors"), ""))
    if found:
        return found
    code = str(document.get("errorCode") or "")
    message = str(document.get("message") or document.get("title") or document.get("detail") or "no message")
    return [Problem(code, message, "", "")]


def is_garbled(document: dict[str, Any]) -> bool:
    """Whether an error body contradicts every known shape: then it does not say what was refused, or that it was."""
    texts = all(isinstance(document[name], str | None) for name in _TEXTS if name in document)
    numbers = all(str(document[name]).isdecimal() for name in _NUMBERS if document.get(name) is not None)
    return not (texts and numbers and isinstance(document.get("errors"), dict | list | str | None))


def summary(problems: list[Problem]) -> str:
    """One line for a person; more than five are counted."""
    shown = "; ".join(str(problem) for problem in problems[:5])
    return f"{shown}; +{len(problems) - 5}" if len(problems) > 5 else shown


def _walk(node: Any, path: str) -> Iterator[Problem]:
    match node:
        case str():
            yield Problem("", node, path, "")
        case list():
            for item in node:
                yield from _walk(item, path)
        case dict() if "errorCode" in node:
            message = str(node.get("errorMessage") or node.get("message") or "")
            value = node.get("inputValue", node.get("value", ""))
            yield Problem(str(node["errorCode"]), message, path, str(value))
        case dict():
            yield from _walk_properties(node, path)
        case _:
            return


def _walk_properties(node: dict[str, Any], path: str) -> Iterator[Problem]:
    if "arrayIndex" in node:
        path = f"{path}[{node['arrayIndex']}]"
    for name, inner in node.items():
        if name == "arrayIndex":
            continue
        # «errors» and «items» are the envelope's own words, not properties of the request.
        yield from _walk(inner, path if name in {"errors", "items"} else f"{path}.{name}".lstrip("."))
