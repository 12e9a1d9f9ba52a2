"""The target's products: which are in use, and which are the defaults (TL-7, CT-18)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse, RedirectResponse

from ledgerbridge.delivery.intents import Kind
from ledgerbridge.delivery.products import rate_of
from ledgerbridge.integration import Invoicing
from ledgerbridge.pages.forms import Form, read_form, text_in, whole_in
from ledgerbridge.pages.paging import ROWS, Paging
from ledgerbridge.pages.rendering import answers_on, render
from ledgerbridge.pages.visiting import NotFound, Scene, needs
from ledgerbridge.pages.works import Right
from ledgerbridge.records import VatCode
from ledgerbridge.store import intents
from ledgerbridge.store import products as shelf
from ledgerbridge.store.products import ChosenDefault, Product

__all__ = ["TABS", "router", "that_fit"]

router = APIRouter()

_PAGE: Final = "products"
_FARTHEST: Final = 1_000_000
TABS: Final = ("in_use", "every")
AS_IN_FILE: Final = "as in file"
"""In the place of a number: no product's number has blanks."""

Text = Annotated[str | None, Query()]


@dataclass(frozen=True, slots=True)
class _Default:
    """The default of lines with one VAT code: the one in force, the file's own, and what may be chosen instead."""

    vat_code: VatCode
    number: str
    product: Product | None
    of_file: str
    chosen: ChosenDefault | None
    rate: Decimal
    choices: Sequence[Product]


@router.get("/{integration}/products")
def products(
    scene: Annotated[Scene, needs(Right.READ)], tab: Text = None, name: Text = None, page: Text = None
) -> HTMLResponse:
    """The list, as it was at the last look, and the defaults."""
    look = shelf.look(scene.store, scene.name)
    wanted, looked_for = whole_in(page, 1), text_in(name)
    shown_tab = tab if tab in TABS else TABS[0]
    found = shelf.page(
        scene.store,
        scene.name,
        looked_for,
        defaults={scene.integration.invoicing.default_product(vat_code) for vat_code in VatCode},
        only_in_use=shown_tab == TABS[0],
        limit=ROWS,
        offset=(min(wanted, _FARTHEST) - 1) * ROWS,
    )
    return render(
        scene,
        "products.html.j2",
        tab=shown_tab,
        counts={"in_use": found.in_use, "every": found.every},
        name=looked_for,
        rows=found.rows,
        paging=Paging.of(wanted, found.found),
        look=look,
        defaults=_defaults(scene),
        **answers_on(scene, _PAGE),
    )


@router.post("/{integration}/products")
def ask(scene: Annotated[Scene, needs(Right.SET_UP)], form: Annotated[Form, Depends(read_form)]) -> RedirectResponse:
    """Write down what is to be done."""
    kind, wanted = _wanted(scene, form)
    tab = form.text("tab")
    shown_tab = tab if tab in TABS else None
    if wanted is None:
        return RedirectResponse(scene.page("products", tab=shown_tab, nothing=1), 303)
    name, visitor = scene.name, scene.visitor.name
    intents.ask(scene.store, integration=name, kind=kind, wanted=wanted, page=_PAGE, asked_by=visitor)
    return RedirectResponse(scene.page("products", tab=shown_tab, asked=1), 303)


def _wanted(scene: Scene, form: Form) -> tuple[Kind, Mapping[str, object] | None]:
    """What the form asks for; nothing of it where no product was ticked.

    Raises:
        NotFound: there is no such action.
    """
    ticked = list(form.texts("row"))
    match form.text("action"):
        case "look":
            return Kind.LOOK_PRODUCTS, {}
        case "use":
            return Kind.USE_PRODUCTS, {"numbers": ticked} if ticked else None
        case "drop":
            return Kind.DROP_PRODUCTS, {"numbers": ticked} if ticked else None
        case "default" if form.text("vat_code") in set(VatCode):
            number = form.text("number")
            asked = {"vat_code": form.text("vat_code"), "number": "" if number == AS_IN_FILE else number}
            return Kind.DEFAULT_PRODUCT, asked if number else None
        case _:
            raise NotFound(scene)


def _defaults(scene: Scene) -> list[_Default]:
    chosen = shelf.chosen_defaults(scene.store, scene.integration)
    sellable = shelf.sellable(scene.store, scene.name)
    of_file, in_force = scene.of_file.invoicing, scene.integration.invoicing
    return [
        _Default(
            vat_code,
            in_force.default_product(vat_code),
            shelf.product(scene.store, scene.name, in_force.default_product(vat_code)),
            of_file.default_product(vat_code),
            chosen.get(vat_code),
            rate_of(in_force, vat_code),
            that_fit(sellable, in_force, vat_code),
        )
        for vat_code in VatCode
    ]


def that_fit(sellable: Sequence[Product], invoicing: Invoicing, vat_code: VatCode) -> list[Product]:
    """The products with the VAT that such a line must have."""
    wanted = rate_of(invoicing, vat_code)
    return [item for item in sellable if item.vat_rate == wanted]
