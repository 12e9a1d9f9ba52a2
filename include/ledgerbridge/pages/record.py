"""One record: why it stands where it stands, what was sent and answered, what can be done (X-4, TL-9, TL-10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from ledgerbridge.delivery import line_products
from ledgerbridge.delivery.intents import Kind
from ledgerbridge.delivery.listing import called
from ledgerbridge.integration import Finish
from ledgerbridge.pages.forms import Form, read_form, whole_in
from ledgerbridge.pages.products import that_fit
from ledgerbridge.pages.rendering import answers_on, render
from ledgerbridge.pages.visiting import NotFound, Scene, needs
from ledgerbridge.pages.works import Right
from ledgerbridge.records import Invoice, InvoiceLine, Module
from ledgerbridge.store import intents, listing, products, transfers
from ledgerbridge.store.links import TargetKind
from ledgerbridge.store.listing import RecordView
from ledgerbridge.store.products import LineProduct, Product
from ledgerbridge.store.transfers import Operation, State, Transfer

__all__ = ["router"]

router = APIRouter()

_ENTRIES = 300
_SET_ASIDE = "set_aside_by_person"
_DRAFT_DELETED = "draft_deleted_in_target"
_VAT_DIFFERS = "invoice_vat_differs"
_PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class _Possible:
    """What can be done with the record now."""

    try_again: bool
    send_again: bool
    accept_vat: bool
    set_aside: bool
    unlink: bool
    choose_products: bool


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of an invoice. ``product``: what it goes as; ``choices``: what may be chosen instead of the default.

    ``chosen``: the number that a person has chosen; ``has_moved``: for a line that read otherwise.
    """

    line: InvoiceLine
    has_product: bool
    product: str
    default: str
    chosen: LineProduct | None
    has_moved: bool
    choices: Sequence[Product]


@router.get("/{integration}/records/{record_id}")
def record(scene: Annotated[Scene, needs(Right.READ)], record_id: int) -> HTMLResponse:
    """The record's page."""
    view, transfer = _found(scene, record_id)
    entries = listing.entries(scene.store, record_id, _ENTRIES)
    runs = {entry.run_id: scene.works.run_address(entry.run_id) for entry in entries if entry.run_id}
    possible = _possible(scene, view, transfer)
    return render(
        scene,
        "record.html.j2",
        record=view,
        transfer=transfer,
        called=called(transfer),
        possible=possible,
        lines=_lines(scene, transfer),
        entries=entries,
        has_more=len(entries) == _ENTRIES,
        runs=runs,
        **answers_on(scene, _page_name(record_id)),
    )


@router.post("/{integration}/records/{record_id}")
def ask(
    scene: Annotated[Scene, needs(Right.ACT)], record_id: int, form: Annotated[Form, Depends(read_form)]
) -> RedirectResponse:
    """Write down what is to be done with it. What cannot be done any more is told by whoever carries it out."""
    view, _ = _found(scene, record_id)
    wanted: dict[str, object] = {"record_id": record_id}
    match form.text("action"):
        case "try_again":
            kind = Kind.TRY_AGAIN
        case "send_again":
            kind = Kind.SEND_AGAIN
        case "accept_vat" if view.module is Module.INVOICES:
            seen = {"transfer_id": whole_in(form.text("transfer_id"), 0), "target": form.text("target")}
            kind, wanted = Kind.ACCEPT_VAT, wanted | seen
        case "set_aside" if view.module is Module.INVOICES:
            kind, wanted = Kind.SET_ASIDE, {"number": f"id {view.source_id}", "because": form.text("because")}
        case "choose_products" if view.module is Module.INVOICES:
            seen = {"transfer_id": whole_in(form.text("transfer_id"), 0), "products": form.by_number("product")}
            kind, wanted = Kind.CHOOSE_PRODUCTS, wanted | seen
        case "unlink" if view.module is Module.CUSTOMERS:
            kind = Kind.UNLINK
        case _:
            raise NotFound(scene)
    intents.ask(
        scene.store,
        integration=scene.name,
        kind=kind,
        wanted=wanted,
        page=_page_name(record_id),
        asked_by=scene.visitor.name,
    )
    return RedirectResponse(scene.page("records", record_id, asked=1), 303)


@router.get("/{integration}/records/{record_id}/{document}")
def archived(scene: Annotated[Scene, needs(Right.READ)], record_id: int, document: str) -> Response:
    """The archived PDF, or the source's own document (CT-2)."""
    view, _ = _found(scene, record_id)
    of_source = document == "source-document"
    if not of_source and document != "booked.pdf":
        raise NotFound(scene)
    content = listing.document(scene.store, scene.name, record_id, of_source=of_source)
    if content is None:
        raise NotFound(scene)
    is_pdf = content.startswith(b"%PDF-")
    name = f"{'source' if of_source else 'invoice'}-{view.booked_number}{'.pdf' if is_pdf else ''}"
    # Never shown in the page: whatever it is, it comes from outside.
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Security-Policy": "sandbox"}
    return Response(content, media_type=_PDF if is_pdf else "application/octet-stream", headers=headers)


def _found(scene: Scene, record_id: int) -> tuple[RecordView, Transfer]:
    view = listing.record(scene.store, scene.name, record_id) if record_id < 2**62 else None
    if view is None:
        raise NotFound(scene)
    return view, transfers.reload(scene.store, view.transfer_id)


def _page_name(record_id: int) -> str:
    return f"record {record_id}"


def _possible(scene: Scene, view: RecordView, transfer: Transfer) -> _Possible:
    code = transfer.reason.code if transfer.reason else None
    is_open = transfer.state in {State.REJECTED, State.WAITING} and transfer.step is None
    is_set_aside = transfer.state is State.IGNORED and code == _SET_ASIDE
    is_draft = view.target_kind is TargetKind.DRAFT_INVOICE and transfer.step is None
    was_delivered = transfer.state is State.DELIVERED and scene.integration.invoicing.finish is Finish.DRAFT
    is_invoice = view.module is Module.INVOICES
    return _Possible(
        try_again=(is_open and code != _DRAFT_DELETED) or is_set_aside or transfer.state is State.IN_DOUBT,
        send_again=is_draft and (was_delivered or code == _DRAFT_DELETED) and transfer.operation is Operation.DELIVER,
        accept_vat=is_open and code == _VAT_DIFFERS,
        set_aside=is_open and is_invoice,
        unlink=view.module is Module.CUSTOMERS and view.target_kind is TargetKind.CUSTOMER,
        choose_products=is_open and is_invoice and code != _DRAFT_DELETED,
    )


def _lines(scene: Scene, transfer: Transfer) -> list[_Line]:
    """The lines of an invoice; none of a row that cannot be read."""
    try:
        invoice = transfer.record
    except ValueError:
        return []
    if not isinstance(invoice, Invoice):
        return []
    original, invoicing = invoice.original_source_id or "", scene.integration.invoicing
    chosen = products.of_lines(scene.store, [transfer.record_id]).get(transfer.record_id, ())
    of_original = products.of_originals(scene.store, scene.name, [original]).get(original, ())
    numbers = _Numbers(
        line_products.in_force(invoice, (), of_original, invoicing),
        line_products.in_force(invoice, chosen, of_original, invoicing),
        products.sellable(scene.store, scene.name),
    )
    by_line = {item.line_number: item for item in chosen}
    lost = {item.line_number for item in chosen if line_products.moved(invoice, [item], invoicing)}
    return [
        _line(scene, line, by_line.get(line.line_number), line.line_number in lost, numbers) for line in invoice.lines
    ]


@dataclass(frozen=True, slots=True)
class _Numbers:
    """Product numbers by line: without anybody's choice for this document, and with; and what may be chosen."""

    unchosen: Mapping[int, str]
    in_force: Mapping[int, str]
    sellable: Sequence[Product]


def _line(scene: Scene, line: InvoiceLine, chosen: LineProduct | None, has_moved: bool, numbers: _Numbers) -> _Line:
    invoicing = scene.integration.invoicing
    default = numbers.unchosen.get(line.line_number, invoicing.default_product(line.vat_code))
    return _Line(
        line,
        line_products.has_one_product(line, invoicing),
        numbers.in_force.get(line.line_number, default),
        default,
        chosen,
        has_moved,
        that_fit(numbers.sellable, invoicing, line.vat_code),
    )
