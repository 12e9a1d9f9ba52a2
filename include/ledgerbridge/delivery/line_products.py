"""The product of a single line, as a person has chosen it (TL-7).

A choice is kept with how the line read then, and holds as long as the line reads so. When the source has changed the
line, neither the choice nor the default is taken for granted: the invoice waits for a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ledgerbridge.delivery import sending_again
from ledgerbridge.delivery.desk import Desk
from ledgerbridge.delivery.listing import called
from ledgerbridge.delivery.products import rate_of, require_rate, usable
from ledgerbridge.errors import Rejection
from ledgerbridge.integration import Invoicing
from ledgerbridge.invoice_lines import LineForm, form_of, lines_as_sent
from ledgerbridge.reasons import Reason
from ledgerbridge.records import Invoice, InvoiceLine
from ledgerbridge.store import products
from ledgerbridge.store.products import LineProduct
from ledgerbridge.store.transfers import State, Transfer

__all__ = ["choose", "has_one_product", "in_force", "moved"]


def choose(desk: Desk, record_id: int, transfer_id: int, wanted: Mapping[int, str]) -> Reason:
    """Give lines their products, and have the next run take the invoice up. What it did.

    ``transfer_id``: the transfer whose lines the person was shown. ``wanted``: product number by line number; an empty
    one means the default.

    Raises:
        Rejection: a product or a line cannot be taken so, or the invoice is not open any more; nothing was changed.
        SourceUnavailable: the source cannot be read; nothing was changed.
    """
    with sending_again.alone_with(desk, record_id) as transfer:
        invoice = _open_invoice(transfer, transfer_id)
        before = {it.line_number: it for it in products.of_lines(desk.store, [record_id]).get(record_id, ())}
        lines = {line.line_number: line for line in invoice.lines}
        for line_number, number in sorted(wanted.items()):
            if line_number not in lines:
                raise Rejection("page_is_old")
            _give(desk, transfer, lines[line_number], number, before.get(line_number))
        for line_number in before.keys() - wanted.keys():
            if line_number not in lines or not has_one_product(lines[line_number], desk.integration.invoicing):
                _drop(desk, transfer, line_number)  # the page has no field for it
        sending_again.try_again(desk, record_id)
    return Reason("products_chosen", {"record": called(transfer), "lines": ", ".join(map(str, sorted(wanted)))})


def _open_invoice(transfer: Transfer, transfer_id: int) -> Invoice:
    is_open = transfer.state in {State.REJECTED, State.WAITING} and transfer.step is None
    if transfer.transfer_id != transfer_id or not is_open or not isinstance(transfer.record, Invoice):
        raise Rejection("page_is_old")
    return transfer.record


def _give(desk: Desk, transfer: Transfer, line: InvoiceLine, number: str, before: LineProduct | None) -> None:
    invoicing = desk.integration.invoicing
    if not number:
        _drop(desk, transfer, line.line_number)
        return
    if before is not None and before.number == number and _still_reads_so(line, before, invoicing):
        return  # it keeps what it has, also when the product has been taken out of use
    if not has_one_product(line, invoicing):
        raise Rejection("line_has_no_product", line=line.line_number)
    require_rate(usable(desk, number), rate_of(invoicing, line.vat_code))
    actor = desk.workplace.actor
    products.choose(desk.store, transfer.record_id, line.line_number, line.description, line.vat_code, number, actor)
    desk.note(transfer, "line_product_chosen", line=line.line_number, product=number)


def _drop(desk: Desk, transfer: Transfer, line_number: int) -> None:
    if products.drop_choice(desk.store, transfer.record_id, line_number):
        desk.note(transfer, "line_product_dropped", line=line_number)


def has_one_product(line: InvoiceLine, invoicing: Invoicing) -> bool:
    """Whether the line goes as one line with a product: it is no text, and not parts that differ in VAT (CT-17)."""
    return form_of(line) is not LineForm.TEXT and len(lines_as_sent(line, invoicing.vat_percentage)) == 1


def in_force(
    invoice: Invoice, chosen: Sequence[LineProduct], of_original: Sequence[LineProduct], invoicing: Invoicing
) -> dict[int, str]:
    """The product numbers by line number, of lines that are not to have the default.

    A line has what was chosen for it, as long as it reads as it did. A credit note's line that reads as one of the
    invoice that it credits (``of_original``) has that one's product, so that both go to one account.
    """
    lines = {line.line_number: line for line in invoice.lines}
    numbers = {
        line.line_number: item.number
        for line in invoice.lines
        for item in of_original
        if _still_reads_so(line, item, invoicing)
    }
    return numbers | {
        item.line_number: item.number
        for item in chosen
        if _still_reads_so(lines.get(item.line_number), item, invoicing)
    }


def moved(invoice: Invoice, chosen: Sequence[LineProduct], invoicing: Invoicing) -> LineProduct | None:
    """The first choice whose line reads otherwise now, is gone, or can have no one product any more."""
    lines = {line.line_number: line for line in invoice.lines}
    return next((item for item in chosen if not _still_reads_so(lines.get(item.line_number), item, invoicing)), None)


def _still_reads_so(line: InvoiceLine | None, chosen: LineProduct, invoicing: Invoicing) -> bool:
    if line is None or not has_one_product(line, invoicing):
        return False
    return (line.description, line.vat_code) == (chosen.line_text, chosen.vat_code)
