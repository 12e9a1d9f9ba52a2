"""The linking guide: the accounts' unlinked customers in three tabs, ours beside them (LK-1 to LK-8, CT-12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from ledgerbridge.delivery.activation import LINKING
from ledgerbridge.delivery.intents import Kind
from ledgerbridge.linking.candidates import Suggestions
from ledgerbridge.pages.forms import Form, read_form, text_in, whole_in
from ledgerbridge.pages.paging import ROWS, Paging
from ledgerbridge.pages.rendering import answers_on, render
from ledgerbridge.pages.visiting import NotFound, Scene, needs
from ledgerbridge.pages.works import Right
from ledgerbridge.reconciliation.csv_report import CsvReport
from ledgerbridge.store import confirmations, intents, linking_guide
from ledgerbridge.store.linking_guide import GuidePage, UnlinkedPage

__all__ = ["COLUMNS", "TABS", "router"]

router = APIRouter()

_PAGE: Final = "customers"
_UNLINKED: Final = "unlinked"
_FARTHEST: Final = 1_000_000
TABS: Final = (*(item.value for item in Suggestions), _UNLINKED)

COLUMNS: Final = ("Customer number", "Name", "CVR number", "Phone", "E-mail", "Postcode", "Town")
"""Of the list of those without a counterpart; their texts."""

Text = Annotated[str | None, Query()]


@router.get("/{integration}/customers")
def customers(
    scene: Annotated[Scene, needs(Right.READ)], tab: Text = None, name: Text = None, page: Text = None
) -> HTMLResponse:
    """One tab of the guide. The accounts' side is as it was at the last look, and the page says when that was."""
    shown_tab = tab if tab in TABS else Suggestions.ONE.value
    wanted, looked_for = whole_in(page, 1), text_in(name)
    # Both sides' counts stand above every tab; the rows come from the one that is shown.
    offset = max(0, min(wanted - 1, _FARTHEST) * ROWS)
    shown: GuidePage | UnlinkedPage
    if shown_tab == _UNLINKED:
        shown = linking_guide.unlinked(scene.store, scene.name, looked_for, limit=ROWS, offset=offset)
        counts = {**linking_guide.class_counts(scene.store, scene.name), _UNLINKED: shown.unlinked}
    else:
        shown = linking_guide.page(scene.store, scene.name, shown_tab, looked_for, limit=ROWS, offset=offset)
        counts = {**shown.counts, _UNLINKED: linking_guide.unlinked_count(scene.store, scene.name)}
    return render(
        scene,
        "customers.html.j2",
        tab=shown_tab,
        tabs=TABS,
        counts=counts,
        name=looked_for,
        rows=shown.rows,
        paging=Paging.of(wanted, shown.found),
        look=linking_guide.look(scene.store, scene.name),
        source_can=scene.source_can,
        is_confirmed=LINKING in confirmations.confirmed(scene.store, scene.name),
        **answers_on(scene, _PAGE),
    )


@router.get("/{integration}/customers/without-counterpart.csv")
def without_counterpart(scene: Annotated[Scene, needs(Right.READ)]) -> Response:
    """The customers that nobody of ours resembles, as a list to make them by: for a source that takes none (LK-3)."""
    with CsvReport(scene.language) as report:
        report.add([scene.text(name) for name in COLUMNS])
        for each in linking_guide.without_counterpart(scene.store, scene.name):
            report.add(astuple(each))
        content = report.content().read()
    headers = {
        "Content-Disposition": f'attachment; filename="{scene.name}-customers.csv"',
        "Content-Security-Policy": "sandbox",
    }
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/{integration}/customers")
def ask(scene: Annotated[Scene, needs(Right.ACT)], form: Annotated[Form, Depends(read_form)]) -> RedirectResponse:
    """Write down what is to be done with the ticked rows."""
    kind, wanted = _wanted(scene, form)
    if wanted is not None:
        intents.ask(
            scene.store,
            integration=scene.name,
            kind=kind,
            wanted=wanted,
            page=_PAGE,
            asked_by=scene.visitor.name,
        )
    tab = form.text("tab")
    shown_tab = tab if tab in TABS else None
    if wanted is None:
        return RedirectResponse(scene.page("customers", tab=shown_tab, nothing=1), 303)
    pairs = wanted.get("pairs")
    left_out = len(form.texts("row")) - len(pairs) if isinstance(pairs, list) else 0
    return RedirectResponse(scene.page("customers", tab=shown_tab, asked=1, left_out=left_out or None), 303)


def _wanted(scene: Scene, form: Form) -> tuple[Kind, Mapping[str, object] | None]:
    """What the form asks for; nothing of it where no row was ticked.

    Raises:
        NotFound: there is no such action.
    """
    ticked = list(form.texts("row"))
    pairs = [pair for pair in (_pair(form, row) for row in ticked) if pair is not None]
    possible: dict[str, tuple[Kind, Mapping[str, object] | None]] = {
        "look": (Kind.LOOK, {}),
        "confirm": (Kind.CONFIRM_LINKING, {}),
        "link": (Kind.LINK, _some("pairs", pairs)),
        "refuse": (Kind.REFUSE, _some("pairs", [pair[:2] for pair in pairs])),
        "create": (Kind.CREATE, _some("numbers", ticked)),
        "skip": (Kind.SKIP, _some("numbers", ticked)),
    }
    if scene.source_can.writes_customers:
        possible["link_from_target"] = (Kind.LINK_FROM_TARGET, _some("pairs", pairs))
    if scene.source_can.creates_customers and form.text("tab") != _UNLINKED:
        targets = [[row, form.text(f"shown {row}")] for row in ticked]
        possible["create_in_source"] = (Kind.CREATE_IN_SOURCE, _some("targets", targets))
    if (action := form.text("action")) not in possible:
        raise NotFound(scene)
    return possible[action]


def _some(name: str, what: Sequence[object]) -> Mapping[str, object] | None:
    return {name: what} if what else None


def _pair(form: Form, row: str) -> list[str] | None:
    """The row's pair: our customer's number and the accounts', and the name that was shown of that one.

    One of the numbers names the row, the other was chosen in it.
    What was typed goes before what was chosen from the list.
    """
    other = form.text(f"typed {row}") or form.text(f"chosen {row}")
    if not other:
        return None
    ours, theirs = (row, other) if form.text("tab") == _UNLINKED else (other, row)
    return [ours, theirs, form.text(f"shown {theirs}")]
