"""The enums that the served entities use: numbers inside, English labels outside (contract 6, appendix A)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sandbox.uniconta.countries import COUNTRIES
from sandbox.uniconta.digits import whole


class Enumeration:
    """One enum: its names and labels by number."""

    def __init__(
        self, names: Mapping[int, str], labels: Mapping[int, str] | None = None, blank: int | None = None
    ) -> None:
        """``labels`` are told where they differ from the names; ``blank`` is the number that is told as nothing."""
        self._labels = dict(names) | dict(labels or {})
        self._blank = blank
        self._numbers = {name.casefold(): number for number, name in (*names.items(), *self._labels.items())}

    def number(self, value: object) -> int | None:
        """The number behind a label, a name or a number; nothing when there is none."""
        if isinstance(value, str):
            text = value.strip()
            digits = whole(text.removeprefix("-"))
            if digits is not None:
                return self.number(-digits if text.startswith("-") else digits)
            return self._numbers.get(text.casefold())
        known = isinstance(value, int) and not isinstance(value, bool) and value in self._labels
        return value if known and isinstance(value, int) else None

    def label(self, number: int) -> str | None:
        """The label of a number; the blank one has none."""
        return None if number == self._blank else self._labels[number]


def _counted(names: str) -> dict[int, str]:
    return dict(enumerate(names.split()))


COUNTRY: Final = Enumeration(COUNTRIES, blank=0)
CURRENCY: Final = Enumeration(
    _counted("XXX USD EUR GBP CHF JPY CAD AUD NZD DKK SEK NOK SGD RUB TRY HKD ZAR MXN CZK HUF PLN ISK AED CNY INR"),
    blank=0,
)
LANGUAGE: Final = Enumeration(_counted("Default en da sv nb fi de es pt fr ru nl tr it Is pl cs lv et lt hu"))
VAT_ZONE: Final = Enumeration(
    _counted("Domestic EU Foreign NoVatReg VatFree"),
    {1: "EU Member States", 2: "Abroad", 3: "No VAT Registration", 4: "Exempt"},
)
PAYMENT_METHOD: Final = Enumeration(_counted("NetCash NetDays EndWeek EndMonth PrePayment Creditcard Factoring"))
ITEM_TYPE: Final = Enumeration(_counted("Item Service BOM"))
ITEM_UNIT: Final = Enumeration(
    _counted(
        "None Pcs Qty Cartons Hours Minutes Days Bottle Milliliter Centiliter Deciliter Litre Milligram Kg Pallet Box"
        " mm cm Meter km Ton mm2 cm2 m2 mm3 cm3 m3 Pair Roll"
    ),
    blank=0,
)
REVENUE_FOLLOWS: Final = Enumeration(_counted("Item Debtor"))
CONTACT_OF: Final = Enumeration(_counted("None Debtor Creditor Prospect"))
CONTACT_TITLE: Final = Enumeration(
    _counted(
        "Contact Sales Purchase Finance Support Legal Marketing Secretary Director Owner Employee Freelance Supervisor"
        " Technician Apprentice ProjectResponsible"
    )
)
ACCOUNT_TYPE: Final = Enumeration(
    _counted(
        "Header Sum CalculationExpression PL Revenue Income Cost CostOfGoodSold Expense Depreciasions BalanceSheet"
        " Asset FixedAssets CurrentAsset Inventory Debtor LiquidAsset Bank Liability Equity Creditor"
    )
)
DIMENSION_USE: Final = Enumeration(_counted("Optional Mandatory"))
PERIOD_STATE: Final = Enumeration(_counted("NotOpen Open Blocked Closed"))
MOVEMENT: Final = Enumeration(_counted("Movement Debtor Creditor Adjustment Counting ProfitLoss Obsolete"))
POST_TYPE: Final = Enumeration(_counted("Other Payment Prepayment PartialPayment Invoice Creditnote"))
LEDGER_TYPE: Final = Enumeration(_counted("Finans Debtor Creditor"))
VAT_TYPE: Final = Enumeration(_counted("Sales Buy"))
