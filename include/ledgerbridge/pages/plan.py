"""The dry run: what the next runs would do, field by field, and «apply this plan» (X-5)."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, RedirectResponse

from ledgerbridge.delivery.dry_run import Action
from ledgerbridge.delivery.intents import Kind
from ledgerbridge.pages.forms import Form, read_form, whole_in
from ledgerbridge.pages.rendering import answers_on, render
from ledgerbridge.pages.visiting import NotFound, Scene, needs
from ledgerbridge.pages.works import Right
from ledgerbridge.store import intents, plans

__all__ = ["router"]

router = APIRouter()

_PAGE: Final = "plan"


@router.get("/{integration}/plan")
def plan(scene: Annotated[Scene, needs(Right.READ)]) -> HTMLResponse:
    """The newest dry run."""
    newest = plans.newest(scene.store, scene.name)
    return render(scene, "plan.html.j2", plan=newest, actions=list(Action), **answers_on(scene, _PAGE))


@router.post("/{integration}/plan")
def ask(scene: Annotated[Scene, needs(Right.ACT)], form: Annotated[Form, Depends(read_form)]) -> RedirectResponse:
    """Make a dry run, or let the runs do what the one that was shown says."""
    wanted: dict[str, object] = {}
    match form.text("action"):
        case "plan":
            kind = Kind.PLAN
        case "apply":
            kind, wanted = Kind.APPLY, {"plan_id": whole_in(form.text("plan_id"), 0)}
        case _:
            raise NotFound(scene)
    intents.ask(scene.store, integration=scene.name, kind=kind, wanted=wanted, page=_PAGE, asked_by=scene.visitor.name)
    return RedirectResponse(scene.page("plan", asked=1), 303)
