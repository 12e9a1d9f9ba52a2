"""The lists of transfers: what is not yet in the accounts, what is, and what was set aside (TL-9, CT-11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from ledgerbridge.pages.forms import amount_in, day_in, text_in, whole_in
from ledgerbridge.pages.paging import ROWS, Paging
from ledgerbridge.pages.rendering import render
from ledgerbridge.pages.visiting import NotFound, Scene, needs
from ledgerbridge.pages.works import Right
from ledgerbridge.records import Module
from ledgerbridge.store import listing, transfers
from ledgerbridge.store.listing import Search
from ledgerbridge.store.transfers import State

__all__ = ["TABS", "Asked", "router"]

router = APIRouter()

TABS: Final[Mapping[str, Sequence[State]]] = {
    "open": (State.REJECTED, State.IN_DOUBT, State.WAITING, State.STAGED, State.SENDING),
    "transferred": (State.DELIVERED, State.UNCHANGED),
    "aside": (State.IGNORED, State.WITHDRAWN),
}
"""The lists, and the states that belong into each."""


class Asked(BaseModel):
    """The search form, as it came."""

    tab: str = ""
    state: str = ""
    code: str = ""
    name: str = ""
    number: str = ""
    first_day: str = ""
    last_day: str = ""
    least: str = ""
    most: str = ""
    page: str = ""

    @property
    def shown_tab(self) -> str:
        """The list that is asked for, or the first one."""
        return self.tab if self.tab in TABS else "open"

    @property
    def states(self) -> Sequence[State]:
        """One state of the list, or all of them."""
        of_tab = TABS[self.shown_tab]
        return [State(self.state)] if self.state in set(of_tab) else of_tab

    def search(self) -> Search:
        """What of it can be read."""
        return Search(
            states=self.states,
            code=text_in(self.code),
            name=text_in(self.name),
            number=text_in(self.number),
            first_day=day_in(self.first_day),
            last_day=day_in(self.last_day),
            least=amount_in(self.least),
            most=amount_in(self.most),
        )

    def unread(self, search: Search) -> list[str]:
        """The fields that hold something that is no date or amount."""
        fields = ("first_day", "last_day", "least", "most")
        return [name for name in fields if text_in(getattr(self, name)) and getattr(search, name) is None]


@router.get("/{integration}/transfers/{module}")
def transfers_of(
    scene: Annotated[Scene, needs(Right.READ)], module: str, asked: Annotated[Asked, Query()]
) -> HTMLResponse:
    """A list of one module, by what the form asks for; a field that cannot be read is told and left out."""
    if module not in set(Module):
        raise NotFound(scene)
    of, search = Module(module), asked.search()
    paging = Paging.of(whole_in(asked.page, 1), listing.count(scene.store, scene.name, of, search))
    return render(
        scene,
        "transfers.html.j2",
        module=of,
        tab=asked.shown_tab,
        tabs=TABS,
        states=TABS[asked.shown_tab],
        counts=_per_tab(transfers.states(scene.store, scene.name, of)),
        search=search,
        asked=asked.model_dump(exclude={"tab", "page"}),
        unread=asked.unread(search),
        rows=listing.page(scene.store, scene.name, of, search, limit=ROWS, offset=paging.offset),
        paging=paging,
    )


def _per_tab(counts: Mapping[str, int]) -> dict[str, int]:
    return {tab: sum(counts.get(state.value, 0) for state in states) for tab, states in TABS.items()}
