"""The target's products: which there are, which are in use, and which are the defaults (TL-7, CT-18).

A default that is chosen here goes before the one in the integration's file. It is only taken when preflight passes with
it, so a default of the wrong VAT never reaches an invoice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from ledgerbridge.delivery import activation
from ledgerbridge.delivery.desk import Desk
from ledgerbridge.errors import Rejection
from ledgerbridge.integration import DEFAULT_PRODUCTS, Invoicing
from ledgerbridge.reasons import Reason
from ledgerbridge.records import VatCode
from ledgerbridge.store import confirmations, products
from ledgerbridge.store.database import transaction
from ledgerbridge.store.products import Listed, Product
from ledgerbridge.target.contract import CheckStatus

__all__ = ["drop", "drop_default", "look", "rate_of", "require_rate", "set_default", "usable", "use"]


def look(desk: Desk) -> Reason:
    """Read the target's products for the pages; what was found.

    Raises:
        LedgerbridgeError: they could not be read; the former look stands.
    """
    found = [Listed(it.number, it.name, it.group, it.vat_rate, it.is_barred) for it in desk.target.products()]
    products.keep(desk.store, desk.integration.name, desk.workplace.actor, found)
    barred = sum(item.is_barred for item in found)
    return Reason("products_looked", {"count": str(len(found)), "barred": str(barred)})


def use(desk: Desk, number: str) -> Reason:
    """Take a product into use, so that it may be chosen.

    Raises:
        Rejection: it was not there at the last look, is barred, or cannot be sold at home.
    """
    found = _sellable(desk, number)
    with transaction(desk.store):
        products.use(desk.store, desk.integration.name, number, desk.workplace.actor)
        desk.note_of_integration("product_taken_into_use", product=number)
    return Reason("product_in_use", {"number": number, "name": found.name})


def drop(desk: Desk, number: str) -> Reason:
    """Take a product out of use. Lines for which it was chosen already keep it.

    Raises:
        Rejection: it is a default, or was not in use.
    """
    if number in {desk.integration.invoicing.default_product(vat_code) for vat_code in VatCode}:
        raise Rejection("product_is_default", number=number)
    with transaction(desk.store):
        if not products.drop(desk.store, desk.integration.name, number):
            raise Rejection("product_not_in_use", number=number)
        desk.note_of_integration("product_taken_out_of_use", product=number)
    return Reason("product_out_of_use", {"number": number})


def set_default(desk: Desk, vat_code: VatCode, number: str) -> Reason:
    """Choose a default in the place of the file's, once preflight has passed with it.

    Raises:
        Rejection: it is not in use, has another VAT than such lines, or preflight does not pass with it; nothing was
            changed.
        LedgerbridgeError: the target could not be asked; nothing was changed.
    """
    found = usable(desk, number)
    require_rate(found, rate_of(desk.integration.invoicing, vat_code))
    invoicing = desk.integration.invoicing.with_default_products({vat_code: number})

    def write() -> None:
        products.set_default(desk.store, desk.integration, vat_code, number, desk.workplace.actor)
        desk.note_of_integration("default_product_chosen", vat_code=vat_code.value, product=number)

    _change_defaults(desk, vat_code, invoicing, write)
    return Reason("product_default_set", {"number": number, "name": found.name, "vat_code": vat_code.value})


def drop_default(desk: Desk, vat_code: VatCode) -> Reason:
    """Let the file's own default stand again, once preflight has passed with it.

    Raises:
        Rejection: no other was chosen, or preflight does not pass with the file's; nothing was changed.
        LedgerbridgeError: the target could not be asked; nothing was changed.
    """
    number = desk.workplace.integration.invoicing.default_product(vat_code)
    invoicing = desk.integration.invoicing.with_default_products({vat_code: number})

    def write() -> None:
        if not products.drop_default(desk.store, desk.integration.name, vat_code):
            raise Rejection("product_default_is_files", vat_code=vat_code.value, number=number)
        desk.note_of_integration("default_product_as_in_file", vat_code=vat_code.value, product=number)

    _change_defaults(desk, vat_code, invoicing, write)
    return Reason("product_default_dropped", {"number": number, "vat_code": vat_code.value})


def _change_defaults(desk: Desk, vat_code: VatCode, invoicing: Invoicing, write: Callable[[], None]) -> None:
    """The target is asked first, so that no transaction waits for it; what it said is kept with the change.

    What failed before, and is not about this default, does not stand in its way: where both are to be replaced, one of
    them is the first.
    """
    changed = replace(
        desk,
        target=desk.workplace.open_target(desk.store, invoicing),
        integration=desk.integration.model_copy(update={"invoicing": invoicing}),
    )
    result = changed.target.preflight()
    known = confirmations.read_preflight(desk.store, desk.integration.name)
    before = {str(item["item"]) for item in (known.items if known else ()) if item["status"] == CheckStatus.FAILED}
    failed = {check.item for check in result.checks if check.status is CheckStatus.FAILED}
    if bad := sorted(failed - (before - {DEFAULT_PRODUCTS[vat_code]})):
        raise Rejection("check_failed", missing=", ".join(bad))
    with transaction(desk.store):
        write()
        activation.keep(changed, result)


def usable(desk: Desk, number: str) -> Product:
    """The product, if it may be chosen.

    Raises:
        Rejection: it may not; says why.
    """
    found = _sellable(desk, number)
    if not found.is_in_use:
        raise Rejection("product_not_in_use", number=number)
    return found


def _sellable(desk: Desk, number: str) -> Product:
    found = products.product(desk.store, desk.integration.name, number)
    if found is None:
        raise Rejection("product_unknown", number=number)
    if found.is_barred:
        raise Rejection("product_barred", number=number, name=found.name)
    if found.vat_rate is None:
        raise Rejection("product_not_sold", number=number, name=found.name)
    return found


def rate_of(invoicing: Invoicing, vat_code: VatCode) -> Decimal:
    """The percentage that such a line's product must have to customers at home (CT-18)."""
    return invoicing.vat_percentage if vat_code is VatCode.STANDARD else Decimal(0)


def require_rate(product: Product, wanted: Decimal) -> None:
    """The product's VAT is that of the line.

    Raises:
        Rejection: it is not; names both percentages.
    """
    if product.vat_rate != wanted:
        values = {"number": product.number, "name": product.name, "rate": _percent(product.vat_rate or Decimal(0))}
        raise Rejection("product_has_other_vat", **values, wanted=_percent(wanted))


def _percent(rate: Decimal) -> str:
    return f"{rate.normalize():f}"
