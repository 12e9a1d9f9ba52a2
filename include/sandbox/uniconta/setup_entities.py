"""The ledger, and what a company sets up: groups, terms, items, VAT, dimensions, years (contract 11, appendix B)."""

from __future__ import annotations

from typing import Final

from sandbox.uniconta.entity import Entity, entity
from sandbox.uniconta.enums import (
    ACCOUNT_TYPE,
    CONTACT_TITLE,
    COUNTRY,
    CURRENCY,
    DIMENSION_USE,
    ITEM_TYPE,
    ITEM_UNIT,
    LEDGER_TYPE,
    PAYMENT_METHOD,
    PERIOD_STATE,
    REVENUE_FOLLOWS,
    VAT_TYPE,
)
from sandbox.uniconta.properties import (
    choice,
    days,
    dimensions,
    flags,
    key,
    numbers,
    references,
    texts,
    told,
    wholes,
)

_REVENUE: Final = "RevenueAccount RevenueAccount1 RevenueAccount2 RevenueAccount3 RevenueAccount4"
_SALES_VAT: Final = "SalesVat SalesVat1 SalesVat2 SalesVat3 SalesVat4"

DEBTOR_GROUP: Final = entity(
    "DebtorGroup",
    key(10, "Group"),
    texts(30, "Name"),
    flags("IsDefault UseFirstIfBlank MandatoryItem"),
    references("GLAccount", "SummeryAccount"),
    choice("RevenueFollowDC", REVENUE_FOLLOWS),
    references("GLAccount", f"{_REVENUE} EndDiscountAccount"),
    references("GLVat", _SALES_VAT),
    references("DebtorLayoutGroup", "LayoutGroup"),
    references("NumberSerie", "AutoNumber InvoiceSerie"),
    key="Group",
)

DEBTOR_LAYOUT_GROUP: Final = entity("DebtorLayoutGroup", key(20, "Name"), flags("IsDefault"), key="Name")

PAYMENT_TERM: Final = entity(
    "PaymentTerm",
    key(10, "Payment"),
    texts(30, "Name"),
    flags("IsDefault Weekend2Monday"),
    choice("PaymentMethod", PAYMENT_METHOD),
    wholes("Days GraceDays CashDiscountDays"),
    numbers("CashDiscountPct"),
    key="Payment",
)

INV_ITEM: Final = entity(
    "InvItem",
    key(40, "Item"),
    texts(150, "Name"),
    references("InvGroup", "Group"),
    choice("ItemType", ITEM_TYPE),
    texts(20, "EAN"),
    numbers("SalesPrice1 SalesPrice2 SalesPrice3 CostPrice Weight"),
    wholes("Decimals"),
    choice("Unit", ITEM_UNIT),
    flags("Blocked UseStorage"),
    texts(10, "PrCategory"),
    dimensions(),
    key="Item",
)

INV_GROUP: Final = entity(
    "InvGroup",
    key(10, "Group"),
    texts(30, "Name"),
    flags("IsDefault UseFirstIfBlank"),
    references("GLAccount", _REVENUE),
    references("GLVat", _SALES_VAT),
    key="Group",
)

GL_VAT: Final = entity(
    "GLVat",
    key(10, "Vat"),
    texts(50, "Name"),
    references("GLAccount", "Account"),
    choice("VatType", VAT_TYPE),
    numbers("Rate"),
    days("Date"),
    numbers("RateAfterDate"),
    key="Vat",
)

GL_ACCOUNT: Final = entity(
    "GLAccount",
    key(20, "Account"),
    texts(50, "Name"),
    choice("AccountType", ACCOUNT_TYPE),
    references("GLVat", "Vat"),
    flags("Blocked BlockedInJournal"),
    *(choice(f"Dim{n}ParmDisplay", DIMENSION_USE) for n in range(1, 6)),
    texts(20, "ExternalNo"),
    told("number", "Balance"),
    key="Account",
)

GL_TRANS: Final = entity(
    "GLTrans",
    days("Date DocumentDate"),
    references("GLAccount", "Account"),
    told("text", "Name"),
    wholes("Voucher VoucherLine Invoice JournalPostedId"),
    numbers("Amount AmountCur"),
    told("number", "Debit Credit"),
    texts(100, "Text"),
    references("GLVat", "Vat"),
    choice("Currency", CURRENCY),
    choice("DCType", LEDGER_TYPE),
    references("Debtor", "DCAccount"),
    texts(20, "ReferenceNumber"),
    dimensions(),
    writable=False,
)

EMPLOYEE: Final = entity(
    "Employee",
    key(10, "Number"),
    texts(40, "Name Address1 Address2"),
    texts(30, "City"),
    texts(8, "ZipCode"),
    texts(40, "Email"),
    texts(12, "Mobil"),
    choice("Title", CONTACT_TITLE),
    days("Hired Terminated"),
    dimensions(),
    key="Number",
)

NUMBER_SERIE: Final = entity(
    "NumberSerie",
    key(10, "Serie"),
    texts(30, "Name"),
    wholes("FirstValue LastValue Next"),
    texts(10, "Prefix"),
    flags("Blocked Manual InUse"),
    key="Serie",
)

FINANCE_YEAR: Final = entity(
    "CompanyFinanceYear",
    days("FromDate ToDate"),
    choice("PeriodState", PERIOD_STATE),
    flags("Current"),
    told("flag", "Open Closed Blocked"),
    told("whole", "NumberOfPeriods"),
    writable=False,
)

FINANCE_PERIOD: Final = entity(
    "CompanyFinancePeriod",
    wholes("Period"),
    days("FromDate ToDate"),
    choice("PeriodState", PERIOD_STATE),
    writable=False,
)

COMPANY: Final = entity(
    "Company",
    texts(40, "CompanyName Name"),
    texts(40, "Address1 Address2 Address3"),
    texts(20, "Id Phone"),
    texts(10, "FIK"),
    choice("Country", COUNTRY),
    choice("Currency", CURRENCY),
    wholes("DebtorAccountLen NumberOfDimensions"),
    texts(20, "Dim1 Dim2 Dim3 Dim4 Dim5"),
    flags("RoundTo100 HasDecimals AllowSkipCreditMax"),
    writable=False,
    aliases=("PrimaryKeyId",),
)


def _dimension_type(number: int) -> Entity:
    return entity(f"GLDimType{number}", key(10, "Dimension"), texts(30, "Name"), flags("Blocked"), key="Dimension")


ENTITIES: Final = (
    DEBTOR_GROUP, DEBTOR_LAYOUT_GROUP, PAYMENT_TERM, INV_ITEM, INV_GROUP, GL_VAT, GL_ACCOUNT, GL_TRANS, EMPLOYEE,
    NUMBER_SERIE, FINANCE_YEAR, FINANCE_PERIOD, COMPANY, *(_dimension_type(number) for number in range(1, 6)),
)  # fmt: skip
