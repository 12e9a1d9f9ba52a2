"""Is the agreement set up for this integration? (X-11, CT-6, CT-18, CT-20)

Reads only. A setting that names nothing is defaulted where just one of the agreement's values fits; otherwise the
values that there are stand in the text. What the interface does not show is said to be not checkable.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from ledgerbridge.integration import Invoicing, SendBy
from ledgerbridge.records import VatTreatment
from ledgerbridge.target.contract import Preflight
from ledgerbridge.target.economic.path_ids import path_id
from ledgerbridge.target.economic.products import SalesAccounts
from ledgerbridge.target.economic.resolved import Resolved
from ledgerbridge.target.economic.zones import zone_of
from ledgerbridge.target.findings import Findings, add_what_only_people_can_see, choose, percent

__all__ = ["run_preflight"]


class Reads(Protocol):
    """What preflight needs of the client."""

    def get(self, path: str) -> Any: ...
    def collection(self, path: str) -> Iterator[Any]: ...
    def count(self, path: str) -> int: ...


def run_preflight(client: Reads, invoicing: Invoicing, today: date) -> Preflight:
    """Check everything; about a dozen calls."""
    found = Findings()
    company = _agreement(client, invoicing, found)
    layout = _layout(client, invoicing, found)
    term = _due_date_term(client, invoicing, found)
    group = _customer_group(client, invoicing, found)
    _products(client, invoicing, found)
    _zones(client, invoicing, found)
    _currencies(client, invoicing, found)
    _accounting_year(client, today, found)
    add_what_only_people_can_see(invoicing, found)
    customers = client.count("/customers")
    found.ok("customers", "preflight_customers", count=customers)
    if layout is None or term is None or group is None or found.has_failed:
        return Preflight(tuple(found.checks), None)
    units = {str(unit["name"]).casefold(): int(unit["unitNumber"]) for unit in client.collection("/units")}
    resolved = Resolved(
        **company, layout=layout, due_date_term=term, customer_group=group, units=units, customers_at_start=customers
    )
    return Preflight(tuple(found.checks), resolved.model_dump())


def _agreement(client: Reads, invoicing: Invoicing, found: Findings) -> dict[str, Any]:
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


def _number(wanted: str | None) -> int | None:
    return None if wanted is None else int(wanted)


def _layout(client: Reads, invoicing: Invoicing, found: Findings) -> int | None:
    layouts = client.collection("/layouts")
    choices = {int(item["layoutNumber"]): str(item.get("name", "")) for item in layouts if not item.get("deleted")}
    return choose(found, "layout", "invoicing.layout", _number(invoicing.layout), choices)


def _due_date_term(client: Reads, invoicing: Invoicing, found: Findings) -> int | None:
    terms = (item for item in client.collection("/payment-terms") if item.get("paymentTermsType") == "dueDate")
    choices = {int(item["paymentTermsNumber"]): str(item.get("name", "")) for item in terms}
    return choose(found, "due_date_term", "invoicing.due_date_term", _number(invoicing.due_date_term), choices)


def _customer_group(client: Reads, invoicing: Invoicing, found: Findings) -> int | None:
    groups = client.collection("/customer-groups")
    choices = {int(item["customerGroupNumber"]): str(item.get("name", "")) for item in groups}
    setting = "invoicing.default_debtor_group"
    return choose(found, "customer_group", setting, _number(invoicing.default_debtor_group), choices)


def _products(client: Reads, invoicing: Invoicing, found: Findings) -> None:
    zone = zone_of(invoicing, VatTreatment.DOMESTIC)
    accounts = SalesAccounts(client, zone)
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
            _rate_of_product(found, setting, product, wanted, accounts, zone)


def _rate_of_product(
    found: Findings, setting: str, product: Any, wanted: Decimal, accounts: SalesAccounts, zone: int
) -> None:
    number, group = product["productNumber"], int(product["productGroup"]["productGroupNumber"])
    account = accounts.of_group(group)
    if account is None:
        found.failed(setting, "preflight_no_sales_account", value=number, group=group, zone=zone)
        return
    values = {"value": number, "name": product["name"], "account": account.number, "code": account.vat_code or "–"}
    if account.rate == wanted:
        found.ok(setting, "preflight_product", **values, rate=percent(account.rate))
    else:
        found.failed(setting, "preflight_rate_differs", **values, rate=percent(account.rate), wanted=percent(wanted))


def _zones(client: Reads, invoicing: Invoicing, found: Findings) -> None:
    there = {
        int(z["vatZoneNumber"]): str(z["name"]) for z in client.collection("/vat-zones") if z.get("enabledForCustomer")
    }
    for treatment in VatTreatment:
        number = zone_of(invoicing, treatment)
        choose(found, f"vat_zone_{treatment}", f"invoicing.vat_zones.{treatment}", number, there)


def _currencies(client: Reads, invoicing: Invoicing, found: Findings) -> None:
    codes = sorted(str(item["code"]) for item in client.collection("/currencies"))
    if invoicing.base_currency in codes:
        found.ok("currencies", "preflight_currencies", codes=", ".join(codes))
    else:
        found.failed("currencies", "preflight_currency_missing", value=invoicing.base_currency, codes=", ".join(codes))


def _accounting_year(client: Reads, today: date, found: Findings) -> None:
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
