"""Is the company set up for this integration? (X-11, CT-6, CT-7, CT-13 to CT-15, CT-18, CT-20)

Reads only, a dozen calls. What the interface does not show is said to be not checkable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledgerbridge.integration import Invoicing
from ledgerbridge.records import VatTreatment
from ledgerbridge.target.contract import Preflight
from ledgerbridge.target.findings import Findings, add_what_only_people_can_see, choose, percent
from ledgerbridge.target.uniconta.api import Api, Row
from ledgerbridge.target.uniconta.documents import currency_of, day, integer
from ledgerbridge.target.uniconta.options import BulkReading, UnicontaOptions
from ledgerbridge.target.uniconta.products import QUANTITY_DECIMALS
from ledgerbridge.target.uniconta.reading import every, read
from ledgerbridge.target.uniconta.resolved import Resolved
from ledgerbridge.target.uniconta.tables import Group, Item, VatCodes, read_groups, read_item, read_vat
from ledgerbridge.target.uniconta.zones import slot_of, zone_of

__all__ = ["run_preflight"]

_USUAL_GROUP = "1"  # what a blank group in the source stands for (CT-14, seed 002)


def run_preflight(api: Api, invoicing: Invoicing, options: UnicontaOptions, today: date) -> Preflight:
    """Check everything. What the settings stand for is kept when nothing has failed."""
    found = Findings()
    company = _company(api, invoicing, options, found)
    debtor_groups = tuple(read_groups(api, "DebtorGroupClient"))
    _items(api, invoicing, today, found)
    group = choose(
        found,
        "customer_group",
        "invoicing.default_debtor_group",
        invoicing.default_debtor_group or _USUAL_GROUP,
        dict.fromkeys(debtor_groups, ""),
    )
    terms = _terms(api)
    term = _term(terms, invoicing, options, found)
    layout = _layout(api, invoicing, found)
    _accounting_year(api, today, found)
    dimension_values = _dimensions(api, options, company, found)
    add_what_only_people_can_see(invoicing, found)
    customers = _customers(api, options)
    found.ok("customers", "preflight_customers", count=customers)
    if found.has_failed or group is None:
        return Preflight(tuple(found.checks), None)
    resolved = Resolved(
        agreement_number=options.company_id,
        company_name=str(company.get("CompanyName") or company.get("Name") or ""),
        company_cvr=_cvr(company),
        customers_at_start=customers,
        base_currency=invoicing.base_currency,
        debtor_group=group,
        payment_term=term,
        layout=layout,
        terms={days: key for key, days in terms.items()},
        debtor_groups=debtor_groups,
        dimension_values=dimension_values,
        fi_account_digits=integer(company["DebtorAccountLen"]) if company.get("DebtorAccountLen") else None,
    )
    return Preflight(tuple(found.checks), resolved.model_dump(mode="json"))


def _company(api: Api, invoicing: Invoicing, options: UnicontaOptions, found: Findings) -> Row:
    """The company behind the number, which must have the name that the settings say."""
    rows = api.query("CompanyClient")
    mine = [row for row in rows if options.company_id in (row.get("PrimaryKeyId"), row.get("CompanyId"))]
    company: Row = mine[0] if mine else {}
    name = str(company.get("CompanyName") or company.get("Name") or "")
    facts = {"number": options.company_id, "name": name or "–", "cvr": _cvr(company) or "–"}
    if not company:
        found.failed("agreement", "uniconta_company_missing", **facts)
    elif name.strip().casefold() != options.company.strip().casefold():
        found.failed("agreement", "uniconta_company_differs", **facts, wanted=options.company)
    else:
        found.ok("agreement", "preflight_agreement", **facts)
    currency = currency_of(company, invoicing.base_currency)
    if currency == invoicing.base_currency:
        found.ok("base_currency", "preflight_base_currency", currency=currency)
    else:
        found.failed("base_currency", "preflight_base_currency_differs", value=invoicing.base_currency, target=currency)
    return company


def _cvr(company: Row) -> str | None:
    return str(company.get("CompanyRegNo") or company.get("Id") or "").strip() or None


@dataclass(frozen=True, slots=True)
class _Vat:
    """What says an item's percentage in a zone, today."""

    codes: VatCodes
    groups: Mapping[str, Group]
    today: date

    def rate(self, group: Group, zone: str) -> Decimal | None:
        return self.codes.rate(group.code(slot_of(zone)), self.today)


def _items(api: Api, invoicing: Invoicing, today: date, found: Findings) -> None:
    """Both products: there, not blocked, two decimals (CT-13), and the right percentage in every zone (CT-18)."""
    vat = _Vat(read_vat(api), read_groups(api, "InvGroupClient"), today)
    pairs = (
        ("product_with_vat", invoicing.product_with_vat, invoicing.vat_percentage),
        ("product_without_vat", invoicing.product_without_vat, Decimal(0)),
    )
    for setting, number, wanted in pairs:
        row = next((row for row in api.query("InvItemClient", ("Item", number)) if row.get("Item") == number), None)
        if row is None:
            found.failed(setting, "preflight_product_missing", setting=f"invoicing.{setting}", value=number)
            continue
        item = read(read_item, row, "InvItemClient")
        if item.is_blocked:
            found.failed(setting, "preflight_product_barred", value=number, name=item.name)
        elif item.decimals != QUANTITY_DECIMALS:
            found.failed(setting, "uniconta_item_decimals", value=number, name=item.name, decimals=item.decimals)
        elif item.group not in vat.groups:
            found.failed(setting, "uniconta_item_without_group", value=number, name=item.name, group=item.group or "–")
        else:
            _rates(setting, number, item, vat, wanted, invoicing, found)


def _rates(
    setting: str, number: str, item: Item, vat: _Vat, wanted: Decimal, invoicing: Invoicing, found: Findings
) -> None:
    group = vat.groups[item.group]
    at_home = vat.rate(group, zone_of(invoicing, VatTreatment.DOMESTIC))
    told = {"value": number, "name": item.name, "group": item.group}
    if at_home != wanted:
        rate = "?" if at_home is None else percent(at_home)
        found.failed(setting, "uniconta_rate_differs", **told, rate=rate, wanted=percent(wanted))
        return
    for treatment in (VatTreatment.EU_REVERSE_CHARGE, VatTreatment.EXPORT):
        zone = zone_of(invoicing, treatment)
        if vat.rate(group, zone) != 0:
            found.failed(setting, "uniconta_zone_has_vat", **told, zone=zone)
            return
    found.ok(setting, "uniconta_product", **told, rate=percent(wanted), decimals=item.decimals)


def _terms(api: Api) -> dict[str, int]:
    """Payment terms of so many days net, by their keys (section 9.3)."""
    days = {}
    for row in api.query("PaymentTermClient"):
        method = str(row.get("PaymentMethod") or "").replace(" ", "").lower()
        if method in {"netdays", "nettodays", "1"}:
            days[str(row["Payment"])] = int(row.get("Days") or 0)
        elif method in {"netcash", "nettocash", "0"}:
            days[str(row["Payment"])] = 0
    return days


def _term(terms: Mapping[str, int], invoicing: Invoicing, options: UnicontaOptions, found: Findings) -> str | None:
    """The term of customers that are created; invoices get the one that ends on their due date (CT-9)."""
    setting = "invoicing.due_date_term"
    names = {key: f"{days} dage/days" for key, days in terms.items()}
    if invoicing.due_date_term is not None:
        return choose(found, "due_date_term", setting, invoicing.due_date_term, names)
    usual = next((key for key, days in sorted(terms.items()) if days == invoicing.days_of_credit), None)
    if usual is not None:
        return choose(found, "due_date_term", setting, usual, names)
    if options.due_date_on_order:
        found.warn("due_date_term", "uniconta_no_term", days=invoicing.days_of_credit)
    else:
        found.failed("due_date_term", "uniconta_no_term", days=invoicing.days_of_credit)
    return None


def _layout(api: Api, invoicing: Invoicing, found: Findings) -> str | None:
    """A layout group is named only where the settings do: else the debtor's own counts."""
    if invoicing.layout is None:
        found.ok("layout", "uniconta_layout_of_customer")
        return None
    names = {str(row.get("Name") or row.get("Group")): "" for row in api.query("DebtorLayoutGroupClient")}
    return choose(found, "layout", "invoicing.layout", invoicing.layout, names)


def _accounting_year(api: Api, today: date, found: Findings) -> None:
    years = api.query("CompanyFinanceYearClient")
    told, is_open = [], None
    for row in years:
        first, last = day(row.get("FromDate")), day(row.get("ToDate"))
        if first is None or last is None:
            continue
        is_closed = row.get("Closed") is True or str(row.get("PeriodState") or "").lower() in {"closed", "blocked"}
        told.append(f"{first} – {last}{' (lukket/closed)' if is_closed else ''}")
        if first <= today <= last and not is_closed:
            is_open = told[-1]
    listed = ", ".join(told) or "–"
    if is_open is not None:
        found.ok("accounting_year", "preflight_year_open", year=is_open, years=listed)
    else:
        found.failed("accounting_year", "preflight_year_missing", today=today, years=listed)


def _dimensions(api: Api, options: UnicontaOptions, company: Row, found: Findings) -> dict[str, dict[str, str]]:
    """Each dimension that is in use is there, and has more than one value (CT-7, CT-15); key → name of each."""
    there, known = company.get("NumberOfDimensions"), {}
    for name, number in options.dimensions.in_use().items():
        item = f"dimension_{name}"
        if there is not None and number > int(there):
            found.failed(item, "uniconta_dimension_missing", field=name, number=number, count=there)
            continue
        rows = api.query(f"GLDimType{number}Client")
        values = known[name] = {str(row["Dimension"]): str(row.get("Name") or "") for row in rows}
        listed = ", ".join(list(values)[:20]) or "–"
        if len(values) < 2:
            found.warn(item, "uniconta_dimension_needless", field=name, number=number, values=listed)
        else:
            found.ok(item, "uniconta_dimension", field=name, number=number, values=listed)
    return known


def _customers(api: Api, options: UnicontaOptions) -> int:
    """How many debtors there are, counted no further than is needed: whether there are any decides (CT-10)."""
    if options.bulk_reading is BulkReading.ODATA:
        return sum(1 for _ in every(api, options, "DebtorClient"))
    return len(api.query("DebtorClient", take=1000))
