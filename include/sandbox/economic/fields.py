"""Which fields of each collection can be filtered and sorted by (the tables of contract section 3).

Fields that the schema calls filterable but the live server refuses (``f!400``) are left out on purpose.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.economic.filter_grammar import Predicate
from sandbox.economic.filter_match import CHOICE, DAY, FLAG, NUMBER, TEXT, Fields


@dataclass(frozen=True, slots=True)
class Allowed:
    """The filterable fields of a collection, and those of them (or others) that sort."""

    filters: Fields
    sorts: frozenset[str]


def _products_crash(predicate: Predicate) -> bool:
    """`barred` bears only ``$eq:`` with a value; the departmental distribution crashes always (2.6)."""
    if predicate.name == "departmentalDistribution.departmentalDistributionNumber":
        return True
    return predicate.name == "barred" and (
        predicate.operator != "eq" or any(value.text is None for value in predicate.values)
    )


def _allowed(kinds: Mapping[str, str], *unsorted: str) -> Allowed:
    sorts = frozenset(name for name, kind in kinds.items() if kind != FLAG and name not in unsorted)
    return Allowed(Fields(kinds), sorts)


def _texts(names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), TEXT)


_DELIVERY = _texts("delivery.address delivery.city delivery.country delivery.deliveryTerms delivery.zip") | {
    "delivery.deliveryDate": DAY,
    "deliveryLocation.deliveryLocationNumber": NUMBER,
}
_RECIPIENT = _texts(
    "recipient.address recipient.city recipient.country recipient.ean recipient.name"
    " recipient.publicEntryNumber recipient.zip"
)
_REFERENCES = {
    "references.other": TEXT,
    "references.salesPerson.employeeNumber": NUMBER,
    "references.vendorReference.employeeNumber": NUMBER,
}
_DOCUMENT = (
    {"currency": TEXT, "customer.customerNumber": NUMBER, "date": DAY, "exchangeRate": NUMBER}
    | _DELIVERY
    | _texts("notes.heading notes.textLine1 notes.textLine2")
    | {"paymentTerms.paymentTermsNumber": NUMBER}
    | _RECIPIENT
    | _REFERENCES
)
_ACCOUNT = {
    "accountNumber": NUMBER, "accountType": CHOICE, "balance": NUMBER, "barred": FLAG,
    "debitCredit": CHOICE, "name": TEXT,
}  # fmt: skip

NOTHING = Allowed(Fields({}), frozenset())

CUSTOMERS = _allowed(
    _texts(
        "address city corporateIdentificationNumber country currency ean email mobilePhone name"
        " publicEntryNumber telephoneAndFaxNumber vatNumber website zip pNumber"
    )
    | {
        "balance": NUMBER, "barred": FLAG, "creditLimit": NUMBER, "customerNumber": NUMBER,
        "customerGroup.customerGroupNumber": NUMBER, "lastUpdated": DAY,
    },
    "customerGroup.customerGroupNumber", "pNumber",
)  # fmt: skip
CONTACTS = _allowed(_texts("eInvoiceId email name phone") | {"customerContactNumber": NUMBER, "sortKey": NUMBER})
CUSTOMER_GROUPS = _allowed({"customerGroupNumber": NUMBER, "name": TEXT})
EMPLOYEES = _allowed({"employeeNumber": NUMBER, "name": TEXT, "barred": FLAG})
DEPARTMENTS = _allowed({"departmentNumber": NUMBER, "name": TEXT, "barred": FLAG})
_PRODUCT_TEXTS = ("barCode", "description", "name", "productNumber")
PRODUCTS = Allowed(
    Fields(
        dict.fromkeys(_PRODUCT_TEXTS, TEXT)
        | {
            "barred": FLAG, "costPrice": NUMBER, "lastUpdated": DAY, "recommendedPrice": NUMBER,
            "salesPrice": NUMBER, "productGroup.productGroupNumber": NUMBER, "unit.unitNumber": NUMBER,
        },
        _products_crash,
    ),
    frozenset((*_PRODUCT_TEXTS, "costPrice", "lastUpdated", "recommendedPrice", "salesPrice")),
)  # fmt: skip
SALES_ACCOUNTS = Allowed(
    Fields({f"salesAccount.{name}": kind for name, kind in _ACCOUNT.items()}),
    frozenset(f"salesAccount.{name}" for name in [*_ACCOUNT, "blockDirectEntries"] if name != "barred"),
)
ACCOUNTS = Allowed(
    Fields(_ACCOUNT | {"blockDirectEntries": FLAG}),
    frozenset([*_ACCOUNT, "blockDirectEntries"]) - {"barred"},
)
ACCOUNTING_YEARS = _allowed({"fromDate": DAY, "toDate": DAY, "year": TEXT})
PERIODS = _allowed({"fromDate": DAY, "toDate": DAY, "periodNumber": NUMBER})
ENTRIES = _allowed(
    {
        "amount": NUMBER, "amountInBaseCurrency": NUMBER, "currency": TEXT, "date": DAY, "dueDate": DAY,
        "customer.customerNumber": NUMBER, "entryNumber": NUMBER, "entryType": CHOICE,
        "remainder": NUMBER, "remainderInBaseCurrency": NUMBER, "text": TEXT, "voucherNumber": NUMBER,
    }
)  # fmt: skip
DRAFTS = _allowed(
    _DOCUMENT | {"draftInvoiceNumber": NUMBER, "lastUpdated": DAY, "soap.currentInvoiceHandle.id": NUMBER},
    "lastUpdated",
)
BOOKED = _allowed(_DOCUMENT | {"bookedInvoiceNumber": NUMBER, "recipient.vatZone.vatZoneNumber": NUMBER})
