"""From verb and path to the handler; segments are compared without regard to case (contract 15.3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from sandbox.uniconta import crud, entities_surface, invoice_pdf, odata, posting, query
from sandbox.uniconta.call import Handler, Surface
from sandbox.uniconta.digits import whole
from sandbox.uniconta.entities import served_as
from sandbox.uniconta.errors import not_found, wrong_verb

ENTITY: Final = "{entity}"
_COMPANY: Final = "{company}"


@dataclass(frozen=True, slots=True)
class Route:
    """One operation."""

    method: str
    template: str
    handler: Handler | None
    """Nothing for login and refresh, which come before any company is known."""
    surface: Surface


@dataclass(frozen=True, slots=True)
class Match:
    """The route of a request with what its path names."""

    route: Route
    word: str = ""
    company: int | None = None

    @property
    def template(self) -> str:
        """What the log counts by: the route with the entity's proper name."""
        found = served_as(self.word) if self.word else None
        return self.route.template.replace(ENTITY, found[1] if found else self.word)


@dataclass(slots=True)
class _Branch:
    words: dict[str, _Branch] = field(default_factory=dict)
    routes: dict[str, Route] = field(default_factory=dict)


def _routes() -> list[Route]:
    feed, entities, web = Surface.FEED, Surface.ENTITIES, Surface.WEB
    writes = (
        ("POST", "Insert", crud.insert),
        ("POST", "InsertList", crud.insert_list),
        ("PUT", "Update", crud.update),
        ("DELETE", "Delete", crud.delete),
    )
    more = (("PUT", "UpdateList", crud.update_list), ("DELETE", "DeleteList", crud.delete_list))
    routes = [
        Route("POST", "/login", None, web),
        Route("POST", "/refresh", None, web),
        Route("POST", f"/Query/Get/{ENTITY}", query.query, web),
        Route("POST", "/Invoice/GenerateDebtorInvoice", posting.generate, web),
        Route("GET", "/Invoice/GetInvoicePDF", invoice_pdf.get_pdf, web),
        *(Route(verb, f"/Crud/{name}/{ENTITY}", handler, web) for verb, name, handler in (*writes, *more)),
    ]
    for company in ("", f"/{_COMPANY}"):
        routes += [
            Route("GET", f"/odata{company}", odata.service, feed),
            Route("GET", f"/odata{company}/{ENTITY}", odata.feed, feed),
            Route("GET", f"/api/Entities{company}/{ENTITY}", entities_surface.read, entities),
            Route("GET", f"/api/Entities{company}/Read/{ENTITY}", entities_surface.read, entities),
            *(
                Route(verb, f"/api/Entities{company}/{name}/{ENTITY}", handler, entities)
                for verb, name, handler in writes
            ),
        ]
    return routes


class Router:
    """All routes of the three surfaces."""

    def __init__(self) -> None:
        """Build the tree of path segments."""
        self._root = _Branch()
        for route in _routes():
            branch = self._root
            for segment in filter(None, route.template.split("/")):
                branch = branch.words.setdefault(segment.lower(), _Branch())
            branch.routes[route.method] = route

    def find(self, method: str, raw_path: str) -> Match:
        """The route of a request, or 404 or 405."""
        branch, word, company = self._root, "", None
        for raw in filter(None, raw_path.split("/")):
            segment = unquote(raw)
            if segment.lower() in branch.words:
                branch = branch.words[segment.lower()]
            elif _COMPANY in branch.words and whole(segment) is not None:
                branch, company = branch.words[_COMPANY], whole(segment)
            elif ENTITY in branch.words:
                branch, word = branch.words[ENTITY], segment
            else:
                raise not_found()
        route = branch.routes.get(method)
        if route is None:
            raise wrong_verb(list(branch.routes)) if branch.routes else not_found()
        return Match(route, word, company)
