"""Is the agreement set up for this integration? (X-11, CT-6, CT-18, CT-20)

Reads only. A setting that names nothing is defaulted where just one of the agreement's values fits; otherwise the
values that there are stand in the text. What the interface does not show is said to be not checkable.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from ledgerbridge.integration import Invoicing, Layout, SendBy
from ledgerbridge.money import HUNDRED
from ledgerbridge.payment_line import creditor_warning
from ledgerbridge.reasons import Reason
from ledgerbridge.target.contract import Check, CheckStatus, Preflight
from ledgerbridge.target.economic.path_ids import path_id
from ledgerbridge.target.economic.products import SalesAccounts
from ledgerbridge.target.economic.resolved import Resolved

__all__ = ["NOT_CHECKABLE", "run_preflight"]

NOT_CHECKABLE = ("number_series", "fi_setup", "layout_contents")


class Reads(Protocol):
    """What preflight needs of the client."""

    def get(self, path: str) -> Any: ...
    def collection(self, path: str) -> Iterator[Any]: ...
    def count(self, path: str) -> int: ...


@dataclass(slots=True)
class _Findings:
    checks: list[Check] = field(default_factory=list)

    def add(self, item: str, status: CheckStatus, code: str, /, **values: object) -> None:
        texts = {name: str(value) for name, value in values.items()}
        self.checks.append(Check(item, status, Reason(code, texts)))

    def ok(self, item: str, code: str, /, **values: object) -> None:
        self.add(item, CheckStatus.OK, code, **values)

    def failed(self, item: str, code: str, /, **values: object) -> None:
        self.add(item, CheckStatus.FAILED, code, **values)


def run_preflight(client: Reads, invoicing: Invoicing, today: date) -> Preflight:
    """Check everything; about a dozen calls."""
    found = _Findings()
    company = _agreement(client, invoicing, found)
    layout = _layout(client, invoicing, found)
    term = _due_date_term(client, invoicing, found)
    group = _customer_group(client, invoicing, found)
    _products(client, invoicing, found)
    _zones(client, invoicing, found)
    _currencies(client, invoicing, found)
    _accounting_year(client, today, found)
    _told_only(invoicing, found)
    customers = client.count("/customers")
    found.ok("customers", "preflight_customers", count=customers)
    if layout is None or term is None or group is None or any(c.status is CheckStatus.FAILED for c in found.checks):
        return Preflight(tuple(found.checks), None)
    units = {str(unit["name"]).casefold(): int(unit["unitNumber"]) for unit in client.collection("/units")}
    resolved = Resolved(
        **company, layout=layout, due_date_term=term, customer_group=group, units=units, customers_at_start=customers
    )
    return Preflight(tuple(found.checks), resolved.model_dump())


def _agreement(client: Reads, invoicing: Invoicing, found: _Findings) -> dict[str, Any]:
    about = client.get("/self")
    company = about.get("company") or {}
    facts = {
        "agreement_number": int(about["agreementNumber"]),
        "company_name": str(company.get("name", "")),
        "company_cvr": str(company.get("companyIdentificationNumber") or "") or None,
    }
    found.ok(
        "agreement",
        "preflight_agreement",
        number=facts["agreement_number"],
        name=facts["company_name"],
        cvr=facts["company_cvr"] or "–",
    )
    currency = str((about.get("settings") or {}).get("baseCurrency", ""))
    if currency == invoicing.base_currency:
        found.ok("base_currency", "preflight_base_currency", currency=currency)
    else:
        found.failed("base_currency", "preflight_base_currency_differs", value=invoicing.base_currency, target=currency)
    if invoicing.send is SendBy.EAN and about.get("canSendElectronicInvoice") is not True:
        found.failed("electronic_invoice", "preflight_cannot_send_ean")
    return facts


def _chosen(found: _Findings, item: str, setting: str, wanted: int | None, choices: dict[int, str]) -> int | None:
    """The wanted value if it is there, or the only one that there is."""
    listed = ", ".join(f"{number} {name}" for number, name in sorted(choices.items())[:12]) or "–"
    if wanted is not None and wanted in choices:
        found.ok(item, "preflight_chosen", setting=setting, value=wanted, name=choices[wanted])
        return wanted
    if wanted is not None:
        found.failed(item, "preflight_choice_missing", setting=setting, value=wanted, choices=listed)
        return None
    if len(choices) == 1:
        ((only, name),) = choices.items()
        found.ok(item, "preflight_chosen", setting=setting, value=only, name=name)
        return only
    found.failed(item, "preflight_choice_needed", setting=setting, choices=listed)
    return None


def _layout(client: Reads, invoicing: Invoicing, found: _Findings) -> int | None:
    layouts = client.collection("/layouts")
    choices = {int(item["layoutNumber"]): str(item.get("name", "")) for item in layouts if not item.get("deleted")}
    return _chosen(found, "layout", "invoicing.layout", invoicing.layout, choices)


def _due_date_term(client: Reads, invoicing: Invoicing, found: _Findings) -> int | None:
    terms = (item for item in client.collection("/payment-terms") if item.get("paymentTermsType") == "dueDate")
    choices = {int(item["paymentTermsNumber"]): str(item.get("name", "")) for item in terms}
    return _chosen(found, "due_date_term", "invoicing.due_date_term", invoicing.due_date_term, choices)


def _customer_group(client: Reads, invoicing: Invoicing, found: _Findings) -> int | None:
    groups = client.collection("/customer-groups")
    choices = {int(item["customerGroupNumber"]): str(item.get("name", "")) for item in groups}
    setting = "invoicing.default_debtor_group"
    return _chosen(found, "customer_group", setting, invoicing.default_debtor_group, choices)


def _products(client: Reads, invoicing: Invoicing, found: _Findings) -> None:
    accounts = SalesAccounts(client, invoicing.vat_zones.domestic)
    pairs = (
        ("product_with_vat", invoicing.product_with_vat, invoicing.vat_percentage),
        ("product_without_vat", invoicing.product_without_vat, Decimal(0)),
    )
    for setting, number, wanted in pairs:
        product = client.get(f"/products/{path_id(number)}")
        if product is None:
            found.failed(setting, "preflight_product_missing", setting=f"invoicing.{setting}", value=number)
        elif product.get("barred") is True:
            found.failed(setting, "preflight_product_barred", value=number, name=product["name"])
        else:
            _rate_of_product(found, setting, product, wanted, accounts, invoicing.vat_zones.domestic)


def _rate_of_product(
    found: _Findings, setting: str, product: Any, wanted: Decimal, accounts: SalesAccounts, zone: int
) -> None:
    number, group = product["productNumber"], int(product["productGroup"]["productGroupNumber"])
    account = accounts.of_group(group)
    if account is None:
        found.failed(setting, "preflight_no_sales_account", value=number, group=group, zone=zone)
        return
    values = {"value": number, "name": product["name"], "account": account.number, "code": account.vat_code or "–"}
    if account.rate == wanted:
        found.ok(setting, "preflight_product", **values, rate=_percent(account.rate))
    else:
        found.failed(setting, "preflight_rate_differs", **values, rate=_percent(account.rate), wanted=_percent(wanted))


def _percent(rate: Decimal) -> str:
    return format((rate * HUNDRED / HUNDRED).normalize(), "f")


def _zones(client: Reads, invoicing: Invoicing, found: _Findings) -> None:
    there = {
        int(z["vatZoneNumber"]): str(z["name"]) for z in client.collection("/vat-zones") if z.get("enabledForCustomer")
    }
    for name, number in invoicing.vat_zones.model_dump().items():
        _chosen(found, f"vat_zone_{name}", f"invoicing.vat_zones.{name}", number, there)


def _currencies(client: Reads, invoicing: Invoicing, found: _Findings) -> None:
    codes = sorted(str(item["code"]) for item in client.collection("/currencies"))
    if invoicing.base_currency in codes:
        found.ok("currencies", "preflight_currencies", codes=", ".join(codes))
    else:
        found.failed("currencies", "preflight_currency_missing", value=invoicing.base_currency, codes=", ".join(codes))


def _accounting_year(client: Reads, today: date, found: _Findings) -> None:
    years = list(client.collection("/accounting-years"))
    is_open = [
        str(year["year"])
        for year in years
        if date.fromisoformat(year["fromDate"]) <= today <= date.fromisoformat(year["toDate"])
        and not year.get("closed")
    ]
    listed = ", ".join(f"{year['year']}{' (lukket/closed)' if year.get('closed') else ''}" for year in years)
    if is_open:
        found.ok("accounting_year", "preflight_year_open", year=is_open[0], years=listed)
    else:
        found.failed("accounting_year", "preflight_year_missing", today=today, years=listed)


def _told_only(invoicing: Invoicing, found: _Findings) -> None:
    for item in NOT_CHECKABLE:
        if item != "fi_setup" or invoicing.fi_creditor_number or invoicing.layout_from is Layout.TARGET:
            found.add(item, CheckStatus.NOT_CHECKABLE, f"preflight_{item}")
    if invoicing.fi_creditor_number and (warning := creditor_warning(invoicing.fi_creditor_number)):
        found.checks.append(Check("fi_creditor_number", CheckStatus.WARNING, warning))
