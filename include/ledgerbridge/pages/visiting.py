"""Who asks for a page, for which integration, and whether they may (X-10).

Every route but the static files takes a :class:`Visit` or, by :func:`needs`, a :class:`Scene`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

import psycopg2
from fastapi import Depends, Request

from ledgerbridge.integration import Integration
from ledgerbridge.pages.language import Texts, language_of, texts_of
from ledgerbridge.pages.works import Right, Visitor, Works
from ledgerbridge.reasons import Language
from ledgerbridge.reconciliation.wording import Wording
from ledgerbridge.source.manifest import Capabilities, load_manifest
from ledgerbridge.store import products
from ledgerbridge.store.database import Connection
from ledgerbridge.target.registry import target_kind

__all__ = ["NotAllowed", "NotFound", "NotLoggedIn", "Scene", "StoreAway", "Visit", "needs", "visit"]


class NotLoggedIn(Exception):
    """Nobody is logged in."""


class NotAllowed(Exception):
    """The visitor lacks a right."""

    def __init__(self, visit: Visit, right: Right) -> None:
        super().__init__(right.value)
        self.visit, self.right = visit, right


class NotFound(Exception):
    """There is no such thing, or none that the visitor may know of."""

    def __init__(self, visit: Visit) -> None:
        super().__init__("not found")
        self.visit = visit


class StoreAway(Exception):
    """Our own database does not answer."""

    def __init__(self, visit: Visit) -> None:
        super().__init__("our own database does not answer")
        self.visit = visit


@dataclass(frozen=True, slots=True)
class Visit:
    """A request of somebody who is logged in."""

    request: Request
    works: Works
    visitor: Visitor
    language: Language

    @property
    def text(self) -> Texts:
        """The pages' texts in the reader's language."""
        return texts_of(self.language)

    @property
    def wording(self) -> Wording:
        """Amounts, dates and reasons in the reader's language."""
        return Wording(self.language, self.text("the time system"), self.text("the accounts"))

    def wording_of(self, integration: Integration) -> Wording:
        """As :attr:`wording`, with the systems' own names."""
        source, target = integration.source.system, integration.target.system
        return Wording(self.language, load_manifest(source).system, target_kind(target).name)

    @property
    def home(self) -> str:
        """Where the pages begin, without a stroke at the end."""
        return str(self.request.scope.get("root_path") or "")

    def address(self, *parts: object, **query: object) -> str:
        """The address of one of our pages; of ``query`` what has a value."""
        path = "/".join(quote(str(part), safe="") for part in parts)
        asked = "&".join(f"{name}={quote(str(value))}" for name, value in query.items() if value not in {None, ""})
        return f"{self.home}/{path}{'?' if asked else ''}{asked}"

    def own_page(self, wanted: str) -> str:
        """The address if it is one of our own pages, else the first one: a form sends nobody elsewhere."""
        try:
            parts = urlsplit(wanted)
        except ValueError:
            return f"{self.home}/"
        is_ours = not parts.scheme and not parts.netloc and wanted.startswith(f"{self.home}/")
        return wanted if is_ours and not wanted.startswith("//") and "\\" not in wanted else f"{self.home}/"


@dataclass(frozen=True, slots=True)
class Scene(Visit):
    """A visit to one integration, with our own database at hand.

    ``integration``: the settings in force; ``of_file``: as they stand in the file.
    """

    integration: Integration
    of_file: Integration
    store: Connection

    @property
    def name(self) -> str:
        """The integration's."""
        return self.integration.name

    @property
    def wording(self) -> Wording:
        """Amounts, dates and reasons in the reader's language, and the systems' own names."""
        return self.wording_of(self.integration)

    @property
    def source_can(self) -> Capabilities:
        """What the source lets itself be told."""
        return load_manifest(self.integration.source.system).capabilities

    def may(self, right: Right) -> bool:
        """Whether the visitor has the right here."""
        return self.visitor.may(right, self.name)

    def page(self, *parts: object, **query: object) -> str:
        """The address of a page of this integration."""
        return self.address(self.name, *parts, **query)


async def visit(request: Request) -> Visit:
    """Whoever is logged in.

    Raises:
        NotLoggedIn: nobody is.
    """
    works: Works = request.app.state.works
    visitor = await works.visitor(request)
    if visitor is None:
        raise NotLoggedIn
    return Visit(request, works, visitor, language_of(request))


def needs(right: Right) -> Any:
    """A dependency of routes below ``/{integration}``: the scene, for those who have the right.

    Without the right to read, an integration is not there at all.
    """
    return Depends(_scene_for(right))


def _scene_for(right: Right) -> Callable[..., Iterator[Scene]]:
    def scene(integration: str, here: Annotated[Visit, Depends(visit)]) -> Iterator[Scene]:
        found = next((item for item in here.works.integrations() if item.name == integration), None)
        if found is None or not here.visitor.may(Right.READ, integration):
            raise NotFound(here)
        if not here.visitor.may(right, integration):
            raise NotAllowed(here, right)
        try:
            store = here.works.open_store()
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            raise StoreAway(here) from error
        with closing(store):
            in_force = products.in_force(store, found)
            yield Scene(here.request, here.works, here.visitor, here.language, in_force, found, store)

    return scene
