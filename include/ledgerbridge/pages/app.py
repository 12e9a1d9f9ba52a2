"""The pages as one application, to be mounted wherever a :class:`~ledgerbridge.pages.works.Works` stands behind it."""

from __future__ import annotations

import logging
from importlib.resources import files
from typing import Annotated

import psycopg2
from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import Request

from ledgerbridge.errors import LedgerbridgeError
from ledgerbridge.pages import (
    activation,
    customers,
    overview,
    plan,
    products,
    reconciliation,
    record,
    transfers,
    wishes,
)
from ledgerbridge.pages.forms import Form, read_form
from ledgerbridge.pages.guard import Guard
from ledgerbridge.pages.language import COOKIE, language_of, texts_of
from ledgerbridge.pages.rendering import environment, render
from ledgerbridge.pages.visiting import NotAllowed, NotFound, NotLoggedIn, StoreAway, Visit, visit
from ledgerbridge.pages.works import Works
from ledgerbridge.reasons import Language

__all__ = ["make_app"]

log = logging.getLogger(__name__)

_MEDIA_TYPES = {"pages.css": "text/css; charset=utf-8", "pages.js": "text/javascript; charset=utf-8"}
_YEAR = 365 * 24 * 3600


def make_app(works: Works) -> FastAPI:
    """The application. It serves no documentation of itself: its routes are for people."""
    app = FastAPI(title="Ledgerbridge", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.works = works
    app.add_middleware(Guard)
    app.get("/static/{name}")(_static)
    app.post("/language")(_choose_language)
    for room in (overview, activation, customers, plan, products, record, reconciliation, transfers, wishes):
        app.include_router(room.router)
    app.add_exception_handler(NotLoggedIn, _log_in)
    app.add_exception_handler(NotAllowed, _not_allowed)
    app.add_exception_handler(NotFound, _not_found)
    for error in (StoreAway, psycopg2.Error, LedgerbridgeError):
        app.add_exception_handler(error, _store_away)
    app.add_exception_handler(HTTPException, _no_such_page)
    app.add_exception_handler(RequestValidationError, _no_such_page)
    return app


def _static(name: str) -> Response:
    """Style and script: the only route that asks for no login, because it tells nothing."""
    if name not in _MEDIA_TYPES:
        raise HTTPException(404)
    content = files(__package__).joinpath("static", name).read_bytes()
    headers = {"Cache-Control": "private, max-age=300"}
    return Response(content, media_type=_MEDIA_TYPES[name], headers=headers)


def _choose_language(
    here: Annotated[Visit, Depends(visit)], form: Annotated[Form, Depends(read_form)]
) -> RedirectResponse:
    """Remember the reader's language, and go back to where they were."""
    answer = RedirectResponse(here.own_page(form.text("back_to")), 303)
    chosen = form.text("language")
    if chosen in set(Language):
        answer.set_cookie(COOKIE, chosen, max_age=_YEAR, path=here.home or "/", httponly=True, samesite="lax")
    return answer


async def _log_in(request: Request, _: Exception) -> Response:
    """A page sends to the login; a form is told that its sender is logged out, since what it said would be lost."""
    works: Works = request.app.state.works
    if request.method == "GET":
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(works.login_address(f"{request.url.path}{query}"), 303)
    language = language_of(request)
    page = (
        environment()
        .get_template("logged_out.html.j2")
        .render(t=texts_of(language), language=language.value, home=request.scope.get("root_path") or "")
    )
    return HTMLResponse(page, 401)


async def _not_allowed(_: Request, error: Exception) -> Response:
    assert isinstance(error, NotAllowed)  # noqa: S101 - by its registration
    return render(error.visit, "not_allowed.html.j2", 403, right=error.right)


async def _not_found(_: Request, error: Exception) -> Response:
    assert isinstance(error, NotFound)  # noqa: S101 - by its registration
    return render(error.visit, "not_found.html.j2", 404)


async def _store_away(request: Request, error: Exception) -> Response:
    """Our own database is away, not made yet, or not known to Airflow: told without what the driver says (P15)."""
    log.error("%s %s", request.method, request.url.path, exc_info=error)
    here = error.visit if isinstance(error, StoreAway) else await visit(request)
    return render(here, "store_away.html.j2", 503)


async def _no_such_page(request: Request, _: Exception) -> Response:
    """An address that is none: told to those who are logged in, everybody else is sent to the login first."""
    try:
        here = await visit(request)
    except NotLoggedIn as error:
        return await _log_in(request, error)
    return render(here, "not_found.html.j2", 404)
