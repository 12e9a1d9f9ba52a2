"""Opening companies, and what happens to them from outside: series, rates, years, payments."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sandbox.standin.jsontext import Doc
from sandbox.uniconta import seeds
from sandbox.uniconta.amounts import Rounding, number
from sandbox.uniconta.company import Company
from sandbox.uniconta.entities import ENTITIES
from sandbox.uniconta.enums import CURRENCY, PERIOD_STATE, POST_TYPE
from sandbox.uniconta.errors import Refused
from sandbox.uniconta.ledger import BANK, add_to_balance, summary_account
from sandbox.uniconta.records import insert
from sandbox.uniconta.series import USES
from sandbox.uniconta.settlement import open_item, reduce_open
from sandbox.uniconta.store import Store
from sandbox.uniconta.values import taken


class CompanyError(ValueError):
    """Something a company cannot be told; the text says why."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What a new company is to be."""

    preset: str = "standard"
    name: str = "Sandkassen Rådgivning ApS"
    cvr: str = "12345674"
    base_currency: str = "DKK"
    number: int | None = None


def open_company(store: Store, opening: Opening) -> Company:
    """Create a company with its preset."""
    if opening.preset not in seeds.PRESETS:
        msg = f"no preset {opening.preset!r}; there are: {', '.join(seeds.PRESETS)}"
        raise CompanyError(msg)
    if opening.base_currency not in seeds.RATES:
        msg = f"no base currency {opening.base_currency!r}; there are: {', '.join(seeds.RATES)}"
        raise CompanyError(msg)
    number_ = opening.number if opening.number is not None else store.free_number()
    if number_ in store.companies or number_ < 1:
        msg = f"company number {number_} is taken or not positive"
        raise CompanyError(msg)
    company = Company(store.database, number_, store.settings.shared_knobs)
    facts = seeds.facts(opening.name, opening.cvr) | {"Currency": CURRENCY.number(opening.base_currency)}
    rates = {str(CURRENCY.number(code)): Decimal(rate) for code, rate in seeds.RATES.items()}
    company.profile = {"company": facts, "knobs": {}, "rates": rates, "mark": 0, "userFields": {}}
    company.save()
    store.companies[number_] = company
    for entity, body in seeds.records(opening.preset):
        insert(company, ENTITIES[entity], body, store.clock)
    for year, periods in seeds.years():
        company.insert("CompanyFinanceYear", year)
        for period in periods:
            company.insert("CompanyFinancePeriod", period)
    return company


def set_facts(company: Company, changes: Doc) -> None:
    """Change what the company tells of itself: DebtorAccountLen, FIK, captions of dimensions …"""
    properties = ENTITIES["Company"].by_name
    unknown = changes.keys() - properties.keys()
    if unknown:
        msg = f"a company has no {', '.join(sorted(unknown))}"
        raise CompanyError(msg)
    read = {name: taken(properties[name], value, company) for name, value in changes.items()}
    told = company.profile["company"] | read
    company.profile["company"] = {name: value for name, value in told.items() if value is not None}
    company.save()


def set_series(company: Company, numbers: Doc) -> None:
    """Set the next number of one or more series."""
    unknown = numbers.keys() - USES.keys()
    if unknown:
        msg = f"no series for {', '.join(sorted(unknown))}; there are: {', '.join(USES)}"
        raise CompanyError(msg)
    for use, next_ in {use: int(number_) for use, number_ in numbers.items()}.items():
        series = company["NumberSerie"].named(USES[use])
        if series is not None:
            company["NumberSerie"].put(series | {"Next": next_})


def set_rates(company: Company, rates: Doc) -> None:
    """Set exchange rates: what one unit costs in kroner."""
    unknown = [code for code in rates if not CURRENCY.number(code)]
    if unknown:
        msg = f"no currency {', '.join(unknown)}"
        raise CompanyError(msg)
    company.profile["rates"] |= {str(CURRENCY.number(code)): Decimal(str(rate)) for code, rate in rates.items()}
    company.save()


def set_year(company: Company, name: str, changes: Doc) -> None:
    """Give a year, or one of its months (``"period": 1`` to 12), a state; or remove the year."""
    year = next((one for one in company["CompanyFinanceYear"] if one["FromDate"].startswith(f"{name}-")), None)
    if year is None:
        msg = f"no accounting year {name!r}"
        raise CompanyError(msg)
    months = [one for one in company["CompanyFinancePeriod"] if one["FromDate"].startswith(f"{name}-")]
    if changes.get("remove"):
        for month in months:
            company["CompanyFinancePeriod"].delete(month["RowId"])
        company["CompanyFinanceYear"].delete(year["RowId"])
        return
    state = PERIOD_STATE.number(changes["state"])
    if state is None:
        msg = f"no state {changes['state']!r}; there are: NotOpen, Open, Blocked, Closed"
        raise CompanyError(msg)
    if "period" not in changes:
        company["CompanyFinanceYear"].put(year | {"PeriodState": state})
    for month in months:
        if changes.get("period") in {None, month["Period"]}:
            company["CompanyFinancePeriod"].put(month | {"PeriodState": state})


def pay(company: Company, invoice: int, amount: Decimal | None, day: str) -> Decimal:
    """A customer pays an invoice, or a part of it, in the invoice's currency; what is left open then."""
    item = open_item(company, invoice)
    if item is None:
        msg = f"invoice {invoice} is not open"
        raise CompanyError(msg)
    paid = amount if amount is not None else number(item, "AmountOpenCur")
    in_books = reduce_open(company, item, paid)
    _post_payment(company, item, paid, in_books, day)
    left = open_item(company, invoice)
    return number(left or {}, "AmountOpenCur")


def _post_payment(company: Company, item: Doc, paid: Decimal, in_books: Decimal, day: str) -> None:
    debtor = company["Debtor"].require(item["Account"])
    group = company["DebtorGroup"].require(debtor["Group"])
    bank = company["GLAccount"].named(BANK)
    if bank is None:
        raise Refused("AccountDoesNotExist", "Account", BANK)
    common: Doc = {
        "Date": day,
        "Voucher": company.count("voucher"),
        "JournalPostedId": company.count("journal"),
        "Invoice": item["Invoice"],
        "Text": f"Betaling af faktura {item['Invoice']}",
    }
    amount = Rounding(company.knobs).line(in_books)
    for line, (account, sign) in enumerate(((bank["RowId"], 1), (summary_account(group), -1)), 1):
        company.insert("GLTrans", common | {"Account": account, "Amount": sign * amount, "VoucherLine": line})
    money: Doc = {"Amount": -amount, "AmountCur": -paid, "Currency": item["Currency"]}
    kind = {"Account": item["Account"], "PostType": POST_TYPE.number("Payment"), "Open": False}
    company.insert("DebtorTrans", common | money | kind)
    add_to_balance(company, int(item["Account"]), -amount)
