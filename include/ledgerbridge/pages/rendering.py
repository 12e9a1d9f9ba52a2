"""From a template to an answer: everything is escaped, and every page has the same frame."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from ledgerbridge.pages.json_layout import laid_out
from ledgerbridge.pages.lamps import REQUESTS
from ledgerbridge.pages.visiting import Scene, Visit
from ledgerbridge.pages.works import Right, Schedule
from ledgerbridge.store import intents

__all__ = ["answers_on", "environment", "render"]

_SOON: Final = timedelta(minutes=1)
_UNKNOWN: Final = Schedule(is_on=False)


def render(here: Visit, template: str, status: int = 200, /, **values: object) -> HTMLResponse:
    """The page, in the reader's language."""
    frame: dict[str, object] = {
        "here": here,
        "t": here.text,
        "w": here.wording,
        "language": here.language.value,
        "Right": Right,
        "address": here.address,
        "this_page": _this_page(here),
        "answers": [],
        "requests_are_off": False,
    }
    if isinstance(here, Scene):
        frame |= {"page": here.page, "may": here.may, "integration": here.integration}
    text = environment().get_template(template).render(frame | values)
    return HTMLResponse(text, status)


def answers_on(scene: Scene, page: str) -> dict[str, object]:
    """What was asked for on a page and what came of it, and whether the page is to look again by itself."""
    found = intents.of_page(scene.store, scene.name, page)
    mine = [item for item in found if item.ended_at is None and item.asked_by == scene.visitor.name]
    has_just_asked = scene.request.query_params.get("asked") is not None
    is_soon = any(datetime.now(UTC) - item.asked_at < _SOON for item in mine)
    # Only where somebody has just pressed a button: looking again takes away what is being typed.
    is_off = not scene.works.schedules(scene.integration).get(REQUESTS, _UNKNOWN).is_on
    return {"answers": found, "is_awaiting": has_just_asked and is_soon, "requests_are_off": is_off}


def _this_page(here: Visit) -> str:
    query = here.request.url.query
    return here.request.url.path + (f"?{query}" if query else "")


@cache
def environment() -> Environment:
    """The templates. Everything on a page came from outside: all of it is escaped, whatever the template's name."""
    made = Environment(
        loader=PackageLoader("ledgerbridge.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["laid_out"] = laid_out
    return made
