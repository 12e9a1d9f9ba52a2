"""/accounts and /accounting-years, read only here (contract 3.12)."""

from __future__ import annotations

from decimal import Decimal

from sandbox.economic import fields
from sandbox.economic.agreement import Agreement
from sandbox.economic.call import Call
from sandbox.economic.errors import not_found
from sandbox.economic.links import encode_id
from sandbox.economic.money import ZERO
from sandbox.economic.paging import Listing
from sandbox.economic.routing import Route
from sandbox.standin.jsontext import Doc
from sandbox.standin.reply import Reply


def _balance(agreement: Agreement, account: int) -> Decimal:
    return Decimal(agreement["accounts"].require(account).get("balance", ZERO))


def present_account(call: Call, record: Doc) -> Doc:
    """An account; a VAT code where the account has one."""
    number_ = record["accountNumber"]
    balance = _balance(call.agreement, number_)
    shown: Doc = {
        "accountNumber": number_,
        "accountType": record["accountType"],
        "balance": balance,
        "draftBalance": balance,
        "blockDirectEntries": bool(record.get("blockDirectEntries")),
        "debitCredit": record["debitCredit"],
        "name": record["name"],
    }
    if record.get("barred"):
        shown["barred"] = True
    if "vatCode" in record:
        shown["vatAccount"] = call.links.ref("vat-accounts", "vatCode", record["vatCode"])
    return shown | {
        "accountingYears": call.links.item("accounts", number_, "accounting-years"),
        "self": call.links.item("accounts", number_),
    }


def list_accounts(call: Call) -> Reply:
    """GET /accounts."""
    listing = Listing(f"{call.links.base}/accounts", fields.ACCOUNTS, lambda record: present_account(call, record))
    return call.list(call.collection("accounts"), listing)


def get_account(call: Call) -> Reply:
    """GET /accounts/{n}."""
    return Reply.json(200, present_account(call, call.record("accounts", call.number("accountNumber"))))


def present_year(call: Call, record: Doc) -> Doc:
    """An accounting year; ``closed`` is absent when false (contract 2.2)."""
    year = record["year"]
    shown: Doc = {"fromDate": record["fromDate"], "toDate": record["toDate"], "year": year}
    if record.get("closed"):
        shown["closed"] = True
    for name in ("periods", "entries", "totals", "vouchers"):
        shown[name] = call.links.item("accounting-years", year, name)
    return shown | {"self": call.links.item("accounting-years", year)}


def list_years(call: Call) -> Reply:
    """GET /accounting-years, sorted by their first day."""
    years = sorted(call.collection("accounting-years"), key=lambda year: str(year["fromDate"]))
    listing = Listing(
        f"{call.links.base}/accounting-years",
        fields.ACCOUNTING_YEARS,
        lambda record: present_year(call, record),
    )
    return call.list(years, listing)


def _year(call: Call) -> Doc:
    return call.record("accounting-years", call.parameter("accountingYear"))


def get_year(call: Call) -> Reply:
    """GET /accounting-years/{year}."""
    return Reply.json(200, present_year(call, _year(call)))


def present_period(call: Call, year: str, record: Doc) -> Doc:
    """A period of an accounting year."""
    here = call.links.item("accounting-years", year, "periods", str(record["periodNumber"]))
    below = f"accounting-years/{encode_id(year)}/periods/{record['periodNumber']}"
    shown: Doc = {
        "periodNumber": record["periodNumber"],
        "accountingYear": call.links.ref("accounting-years", "year", year),
        "fromDate": record["fromDate"],
        "toDate": record["toDate"],
    }
    for state in ("closed", "barred"):
        if record.get(state):
            shown[state] = True
    return shown | {
        "entries": call.links.to(below, "entries"),
        "totals": call.links.to(below, "totals"),
        "self": here,
    }


def list_periods(call: Call) -> Reply:
    """GET /accounting-years/{year}/periods."""
    year = _year(call)
    name = year["year"]
    path = f"{call.links.base}/accounting-years/{encode_id(name)}/periods"
    listing = Listing(path, fields.PERIODS, lambda record: present_period(call, name, record))
    return call.list(year["periods"], listing)


def _period(call: Call, year: Doc) -> Doc:
    wanted = call.number("accountingYearPeriod")
    for period in year["periods"]:
        if period["periodNumber"] == wanted:
            return dict(period)
    raise not_found()


def get_period(call: Call) -> Reply:
    """GET /accounting-years/{year}/periods/{n}."""
    year = _year(call)
    return Reply.json(200, present_period(call, year["year"], _period(call, year)))


def present_entry(call: Call, record: Doc) -> Doc:
    """A ledger entry."""
    shown = {name: value for name, value in record.items() if not isinstance(value, dict)}
    shown["account"] = call.links.ref("accounts", "accountNumber", record["account"]["accountNumber"])
    if "bookedInvoice" in record:
        shown["bookedInvoice"] = call.links.ref(
            "invoices/booked", "bookedInvoiceNumber", record["bookedInvoice"]["bookedInvoiceNumber"]
        )
    if "customer" in record:
        number_ = record["customer"]["customerNumber"]
        shown["customer"] = call.links.ref("customers", "customerNumber", number_)
    if "vatAccount" in record:
        shown["vatAccount"] = call.links.ref("vat-accounts", "vatCode", record["vatAccount"]["vatCode"])
    return shown | {"self": call.links.to("entries", record["entryNumber"])}


def _entries(call: Call, path: str, span: Doc) -> Reply:
    records = [e for e in call.collection("entries") if span["fromDate"] <= e["date"] <= span["toDate"]]
    listing = Listing(f"{call.links.base}/{path}", fields.ENTRIES, lambda record: present_entry(call, record))
    return call.list(records, listing)


def entries_of_year(call: Call) -> Reply:
    """GET /accounting-years/{year}/entries."""
    year = _year(call)
    return _entries(call, f"accounting-years/{encode_id(year['year'])}/entries", year)


def entries_of_period(call: Call) -> Reply:
    """GET /accounting-years/{year}/periods/{n}/entries."""
    year = _year(call)
    period = _period(call, year)
    path = f"accounting-years/{encode_id(year['year'])}/periods/{period['periodNumber']}/entries"
    return _entries(call, path, period)


_YEAR = "/accounting-years/{accountingYear}"
_PERIOD = f"{_YEAR}/periods/{{accountingYearPeriod}}"
ROUTES = (
    Route("GET", "/accounts", list_accounts),
    Route("GET", "/accounts/{accountNumber}", get_account),
    Route("GET", "/accounting-years", list_years),
    Route("GET", _YEAR, get_year),
    Route("GET", f"{_YEAR}/entries", entries_of_year),
    Route("GET", f"{_YEAR}/periods", list_periods),
    Route("GET", _PERIOD, get_period),
    Route("GET", f"{_PERIOD}/entries", entries_of_period),
)
