"""From verb and path to the handler. Paths are compared without regard to case (contract 2.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sandbox.economic.call import Call
from sandbox.economic.errors import method_not_allowed, not_found
from sandbox.economic.links import decode_id
from sandbox.standin.reply import Reply

Handler = Callable[[Call], Reply]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation; ``{name}`` in the template stands for an id."""

    method: str
    template: str
    handler: Handler


@dataclass(frozen=True, slots=True)
class Match:
    """The route of a request and the ids in its path."""

    route: Route
    parameters: dict[str, str]


@dataclass(slots=True)
class _Branch:
    words: dict[str, _Branch] = field(default_factory=dict)
    any_id: tuple[str, _Branch] | None = None
    routes: dict[str, Route] = field(default_factory=dict)


class Router:
    """All routes of the legacy API."""

    def __init__(self, routes: Iterable[Route]) -> None:
        """Build the tree of path segments."""
        self._root = _Branch()
        for route in routes:
            branch = self._root
            for segment in filter(None, route.template.split("/")):
                branch = _grow(branch, segment)
            branch.routes[route.method] = route

    def find(self, method: str, raw_path: str) -> Match:
        """The route of a request, or 404 or 405."""
        branch = self._root
        parameters: dict[str, str] = {}
        for segment in filter(None, raw_path.split("/")):
            word = branch.words.get(segment.lower())
            if word is not None:
                branch = word
            elif branch.any_id is not None:
                name, branch = branch.any_id
                parameters[name] = decode_id(segment)
            else:
                raise not_found()
        route = branch.routes.get(method)
        if route is None:
            raise method_not_allowed(list(branch.routes)) if branch.routes else not_found()
        return Match(route, parameters)


def _grow(branch: _Branch, segment: str) -> _Branch:
    if not segment.startswith("{"):
        return branch.words.setdefault(segment.lower(), _Branch())
    if branch.any_id is None:
        branch.any_id = (segment.strip("{}"), _Branch())
    return branch.any_id[1]
