"""The activation checklist: each item as it was last checked, and what only a person can confirm (TL-12, X-11)."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, RedirectResponse

from ledgerbridge.delivery.activation import ACTIVATED, LINKING
from ledgerbridge.delivery.intents import Kind
from ledgerbridge.pages.forms import Form, read_form
from ledgerbridge.pages.lamps import connection_lamp, integration_lamp
from ledgerbridge.pages.rendering import answers_on, render
from ledgerbridge.pages.visiting import NotFound, Scene, needs
from ledgerbridge.pages.works import Right
from ledgerbridge.reasons import Reason
from ledgerbridge.store import confirmations, intents
from ledgerbridge.target.contract import CheckStatus

__all__ = ["router"]

router = APIRouter()

_PAGE: Final = "activation"
_KINDS: Final = {"check": Kind.CHECK, "activate": Kind.ACTIVATE}


@router.get("/{integration}/activation")
def activation(scene: Annotated[Scene, needs(Right.READ)]) -> HTMLResponse:
    """The checklist."""
    known = confirmations.read_preflight(scene.store, scene.name)
    confirmed = confirmations.confirmed_by(scene.store, scene.name)
    checks = [
        (item["item"], CheckStatus(item["status"]), Reason.from_json(item["reason"]))
        for item in (known.items if known else ())
    ]
    may_be_confirmed = known is not None and known.passed and known.settings_hash == scene.integration.settings_hash()
    return render(
        scene,
        "activation.html.j2",
        seen_hash=confirmations.seen_hash(known) if known is not None else "",
        checks=checks,
        CheckStatus=CheckStatus,
        activated=confirmed.get(ACTIVATED),
        linked=confirmed.get(LINKING),
        may_be_confirmed=may_be_confirmed,
        connection=connection_lamp(scene.store, scene.integration),
        switch=integration_lamp(scene.store, scene.integration, scene.works.schedules(scene.integration)),
        **answers_on(scene, _PAGE),
    )


@router.post("/{integration}/activation")
def ask(scene: Annotated[Scene, needs(Right.SET_UP)], form: Annotated[Form, Depends(read_form)]) -> RedirectResponse:
    """Check now; or, with every item that cannot be checked ticked, switch the integration on."""
    kind = _KINDS.get(form.text("action"))
    if kind is None:
        raise NotFound(scene)
    if kind is Kind.ACTIVATE and set(_not_checkable(scene)) - set(form.texts("seen")):
        return RedirectResponse(scene.page("activation", unseen=1), 303)
    wanted = {"seen": form.text("list")} if kind is Kind.ACTIVATE else {}
    name, visitor = scene.name, scene.visitor.name
    intents.ask(scene.store, integration=name, kind=kind, wanted=wanted, page=_PAGE, asked_by=visitor)
    return RedirectResponse(scene.page("activation", asked=1), 303)


def _not_checkable(scene: Scene) -> list[str]:
    known = confirmations.read_preflight(scene.store, scene.name)
    items = known.items if known else ()
    return [str(item["item"]) for item in items if item["status"] == CheckStatus.NOT_CHECKABLE]
