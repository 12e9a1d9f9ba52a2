"""What a new agreement holds: a Danish company's set-up (presets ``empty`` and ``standard``)."""

from __future__ import annotations

from calendar import monthrange
from decimal import Decimal
from typing import Final

from sandbox.standin.jsontext import Doc

PRESETS: Final = ("empty", "standard")

_ACCOUNTS: Final = (
    # number, name, type, side, VAT code
    (1000, "RESULTATOPGØRELSE", "heading", "credit", None),
    (1010, "Salg af varer/ydelser m/moms", "profitAndLoss", "credit", "U25"),
    (1012, "Salg af ydelser m/moms, rådgivning", "profitAndLoss", "credit", "U25"),
    (1020, "Salg af ydelser u/moms", "profitAndLoss", "credit", None),
    (1050, "Salg af ydelser udland, EU", "profitAndLoss", "credit", "UEUY"),
    (1051, "Salg af varer udland, EU", "profitAndLoss", "credit", "UEUV"),
    (1055, "Salg af varer/ydelser uden for EU", "profitAndLoss", "credit", "UUEU"),
    (1300, "Direkte omkostninger m/moms", "profitAndLoss", "debit", "I25"),
    (5600, "Debitorer", "status", "debit", None),
    (5605, "Debitorer, udland", "status", "debit", None),
    (5820, "Bank", "status", "debit", None),
    (6800, "Kreditorer", "status", "credit", None),
    (6902, "Salgsmoms", "status", "credit", None),
    (6903, "Købsmoms", "status", "debit", None),
    (6970, "Øredifferencer", "profitAndLoss", "debit", None),
)
_VAT_ACCOUNTS: Final = (
    ("I25", "Købsmoms 25 %", "25", 6903, 2),
    ("U25", "Salgsmoms 25 %", "25", 6902, 1),
    ("UEUV", "Salg af varer til EU", "0", 6902, 1),
    ("UEUY", "Salg af ydelser til EU", "0", 6902, 1),
    ("UUEU", "Salg uden for EU", "0", 6902, 1),
)
_VAT_ZONES: Final = (
    (1, "Indland", True),
    (2, "EU", True),
    (3, "Udland uden for EU", True),
    (4, "Indland uden moms", False),
)
_UNITS: Final = ("stk.", "timer", "km", "md.")
_LAYOUTS: Final = ("Dansk standard", "Dansk, kreditnota", "English standard")
_EMPLOYEES: Final = ("Anne Sørensen", "Bjørn Ågaard", "Cæcilie Møller")
_DEPARTMENTS: Final = ("Rådgivning", "Revision")
_TERMS: Final = (
    ("Netto 8 dage", "net", 8),
    ("Netto 14 dage", "net", 14),
    ("Netto 30 dage", "net", 30),
    ("Løbende måned 30 dage", "invoiceMonth", 30),
    ("Til omgående betaling", "net", 0),
    ("Kontant", "paidInCash", None),
)
_CURRENCIES: Final = (
    # code, name, ISO number, price of 100 units in kroner
    ("DKK", "Danske kroner", "208", "100.000000"),
    ("EUR", "Euro", "978", "743.914941"),
    ("GBP", "Britiske pund", "826", "871.250000"),
    ("NOK", "Norske kroner", "578", "63.480000"),
    ("SEK", "Svenske kroner", "752", "65.120000"),
    ("USD", "Amerikanske dollar", "840", "687.540000"),
)
_MODULES: Final = ((3, "Indscanning"), (14, "Dimension (afdeling/kvantum)"), (4, "Projektstyring"))
# Drafts, booked invoices and handles start apart, so that a client that takes one for the other is caught.
_SERIES: Final = {
    "draftInvoiceNumber": 1,
    "bookedInvoiceNumber": 10001,
    "soapHandle": 501,
    "voucherNumber": 1,
    "entryNumber": 1,
    "sentId": 1,
}
CLOSED_YEAR: Final = 2024
YEARS: Final = range(2024, 2028)

# Sales account of each VAT zone.
_GROUP_WITH_VAT: Final = {1: 1010, 2: 1051, 3: 1055, 4: 1020}
_SERVICE_WITH_VAT: Final = {1: 1012, 2: 1050, 3: 1055, 4: 1020}
_SERVICE_WITHOUT_VAT: Final = {1: 1020, 2: 1050, 3: 1055, 4: 1020}


def currencies() -> tuple[str, ...]:
    """The currencies an agreement knows."""
    return tuple(code for code, _name, _iso, _rate in _CURRENCIES)


def profile(number: int, name: str, base_currency: str, signup: str) -> Doc:
    """The agreement's own facts, without tokens."""
    return {
        "number": number,
        "baseCurrency": base_currency,
        "signupDate": signup,
        "company": {
            "addressLine1": "Nørregade 7",
            "zip": "1165",
            "city": "København K",
            "country": "Danmark",
            "name": name,
            "phoneNumber": "+4512345678",
            "attention": "Bogholderiet",
            "email": "bogholderi@example.dk",
            "companyIdentificationNumber": "12345674",
        },
        "roles": ["SuperUser"],
        "modules": [{"moduleNumber": number, "name": name} for number, name in _MODULES],
        "knobs": {},
        "rates": {code: Decimal(rate) for code, _name, _iso, rate in _CURRENCIES},
        "grants": [],
        "mark": 0,
    }


def series() -> Doc:
    """The next number of every series."""
    return dict(_SERIES)


def records(preset: str, stamp: str) -> list[tuple[str, Doc]]:
    """Everything of a preset as kind and record."""
    everything = [*_ledger(), *_people_and_papers()]
    everything += [("currencies", _currency(*row)) for row in _CURRENCIES]
    everything += [("accounting-years", _year(year)) for year in YEARS]
    everything.append(_customer_group(1, "Danske debitorer", 5600))
    everything.append(_product_group(1, "Varer m/moms", _GROUP_WITH_VAT))
    if preset == "standard":
        everything += _standard(stamp)
    return everything


def _ledger() -> list[tuple[str, Doc]]:
    rows: list[tuple[str, Doc]] = []
    for number, name, kind, side, code in _ACCOUNTS:
        account: Doc = {
            "accountNumber": number,
            "name": name,
            "accountType": kind,
            "debitCredit": side,
            "balance": Decimal("0.00"),
            "blockDirectEntries": kind == "heading",
        }
        if code:
            account["vatCode"] = code
        rows.append(("accounts", account))
    for vat_code, name, rate, number, vat_type in _VAT_ACCOUNTS:
        rows.append(
            (
                "vat-accounts",
                {
                    "vatCode": vat_code,
                    "name": name,
                    "ratePercentage": Decimal(rate).quantize(Decimal("0.00000001")),
                    "barred": False,
                    "account": number,
                    "vatType": vat_type,
                },
            )
        )
    rows += [("vat-types", {"vatTypeNumber": n, "name": name}) for n, name in ((1, "Salg"), (2, "Køb"))]
    for number, name, suppliers in _VAT_ZONES:
        zone = {"vatZoneNumber": number, "name": name, "enabledForCustomer": True}
        rows.append(("vat-zones", zone | {"enabledForSupplier": suppliers}))
    return rows


def _people_and_papers() -> list[tuple[str, Doc]]:
    rows: list[tuple[str, Doc]] = []
    rows += [("units", {"unitNumber": n, "name": name}) for n, name in enumerate(_UNITS, 1)]
    rows += [("layouts", {"layoutNumber": 18 + n, "name": name}) for n, name in enumerate(_LAYOUTS, 1)]
    rows += [("employees", {"employeeNumber": n, "name": name}) for n, name in enumerate(_EMPLOYEES, 1)]
    rows += [("departments", {"departmentNumber": n, "name": name}) for n, name in enumerate(_DEPARTMENTS, 1)]
    for number, (name, kind, days) in enumerate(_TERMS, 1):
        terms: Doc = {"paymentTermsNumber": number, "name": name, "paymentTermsType": kind}
        rows.append(("payment-terms", terms if days is None else terms | {"daysOfCredit": days}))
    return rows


def _currency(code: str, name: str, iso: str, _rate: str) -> Doc:
    return {"code": code, "name": name, "isoNumber": iso}


def _year(year: int) -> Doc:
    closed = year == CLOSED_YEAR
    periods = [
        {
            "periodNumber": (year - YEARS.start) * 12 + month,
            "fromDate": f"{year}-{month:02}-01",
            "toDate": f"{year}-{month:02}-{monthrange(year, month)[1]:02}",
            "closed": closed,
        }
        for month in range(1, 13)
    ]
    return {
        "year": str(year),
        "fromDate": f"{year}-01-01",
        "toDate": f"{year}-12-31",
        "closed": closed,
        "periods": periods,
    }


def _customer_group(number: int, name: str, account: int) -> tuple[str, Doc]:
    group = {"customerGroupNumber": number, "name": name, "account": {"accountNumber": account}}
    return "customer-groups", group


def _product_group(number: int, name: str, accounts: dict[int, int]) -> tuple[str, Doc]:
    places = [{"vatZoneNumber": zone, "accountNumber": account} for zone, account in accounts.items()]
    return "product-groups", {"productGroupNumber": number, "name": name, "salesAccounts": places}


def _product(number: str, name: str, group: int, stamp: str) -> tuple[str, Doc]:
    zero = Decimal("0.00")
    product: Doc = {
        "productNumber": number,
        "name": name,
        "productGroup": {"productGroupNumber": group},
        "unit": {"unitNumber": 2},
        "costPrice": zero,
        "recommendedPrice": zero,
        "salesPrice": zero,
        "lastUpdated": stamp,
    }
    return "products", product


def _standard(stamp: str) -> list[tuple[str, Doc]]:
    due_date = {
        "paymentTermsNumber": len(_TERMS) + 1,
        "name": "Forfaldsdato",
        "paymentTermsType": "dueDate",
    }
    return [
        ("payment-terms", due_date),
        _customer_group(2, "Udenlandske debitorer, EU", 5605),
        _customer_group(3, "Udenlandske debitorer uden for EU", 5605),
        _product_group(2, "Ydelser m. moms", _SERVICE_WITH_VAT),
        _product_group(3, "Ydelser u. moms", _SERVICE_WITHOUT_VAT),
        _product("1000", "Honorar", 2, stamp),
        _product("1010", "Kørsel", 2, stamp),
        _product("2000", "Honorar, momsfrit", 3, stamp),
        _product("2010", "Undervisning, momsfri", 3, stamp),
    ]
