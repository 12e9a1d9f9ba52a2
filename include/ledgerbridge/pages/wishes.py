"""Taking back what one has asked for, as long as nobody has begun with it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import RedirectResponse

from ledgerbridge.pages.forms import Form, read_form
from ledgerbridge.pages.visiting import NotFound, Scene, needs
from ledgerbridge.pages.works import Right
from ledgerbridge.store import intents

__all__ = ["router"]

router = APIRouter()


@router.post("/{integration}/wishes/{intent_id}")
def withdraw(
    scene: Annotated[Scene, needs(Right.READ)], intent_id: int, form: Annotated[Form, Depends(read_form)]
) -> RedirectResponse:
    """End one's own wish. One that is being carried out already is left; the page tells what comes of it."""
    number = intent_id if intent_id < 2**62 else 0
    if not intents.withdraw(scene.store, scene.name, number, scene.visitor.name):
        raise NotFound(scene)
    return RedirectResponse(scene.own_page(form.text("back_to")), 303)
