"""What stops a posting: period, customer, items, dimensions, project, credit limit (contract 8, 15.8)."""

from __future__ import annotations

from datetime import date

from sandbox.standin.jsontext import Doc
from sandbox.uniconta.amounts import number
from sandbox.uniconta.company import Company
from sandbox.uniconta.enums import DIMENSION_USE, PERIOD_STATE
from sandbox.uniconta.errors import Refused

_DIMENSIONS = range(1, 6)


def check_period(company: Company, day: date) -> None:
    """No year is 26, a year that is not open 27, a month that is not open 77."""
    text = day.isoformat()
    opened = PERIOD_STATE.number("Open")
    year = _containing(company, "CompanyFinanceYear", text)
    if year is None:
        raise Refused("FinancePeriodDoesNotExist", "Date", text)
    if year.get("PeriodState") != opened:
        raise Refused("FinancePeriodNotOpen", "Date", text)
    month = _containing(company, "CompanyFinancePeriod", text)
    if month is None or month.get("PeriodState") != opened:
        raise Refused("MonthNotOpen", "Date", text)


def _containing(company: Company, entity: str, day: str) -> Doc | None:
    return next((span for span in company[entity] if span["FromDate"] <= day <= span["ToDate"]), None)


def check_debtor(company: Company, order: Doc) -> tuple[Doc, Doc]:
    """The customer of the order and the one who pays (7.4); neither may be stopped."""
    row = order.get("Account")
    if row is None:
        raise Refused("AccountIsMissing", "Account")
    debtor = company["Debtor"].require(row)
    payer = company["Debtor"].require(order.get("InvoiceAccount") or debtor.get("InvoiceAccount") or row)
    for one in (debtor, payer):
        if one.get("Blocked"):
            raise Refused("DebtorIsStopped", "Account", one["Account"])
        if one.get("Group") is None:
            raise Refused("FieldCannotBeBlank", "Group")
    return debtor, payer


def check_credit(company: Company, payer: Doc) -> None:
    """A limit that the balance has reached stops the next invoice, unless the company lets it pass."""
    limit = number(payer, "CreditMax")
    if limit and limit <= number(payer, "CurBalance") and not company.profile["company"].get("AllowSkipCreditMax"):
        raise Refused("CreditLimitExceeded", "Account", payer["Account"])


def check_line(company: Company, line: Doc, debtor: Doc) -> None:
    """The item may be sold, and is there where the customer's group demands one."""
    row = line.get("Item")
    if row is None:
        if company["DebtorGroup"].require(debtor["Group"]).get("MandatoryItem"):
            raise Refused("FieldCannotBeBlank", "Item")
        return
    item = company["InvItem"].require(row)
    if item.get("Blocked"):
        raise Refused("ItemIsOnHold", "Item", item["Item"])


def check_project(order: Doc, line: Doc) -> None:
    """A project needs a category (9.6)."""
    project = line.get("Project") or order.get("Project")
    if project and not (line.get("PrCategory") or order.get("PrCategory")):
        raise Refused("PrCategoryCannotBeBlank", "PrCategory", project)


def dimensions_of(order: Doc, line: Doc) -> Doc:
    """The line's dimensions, and the order's where the line has none."""
    names = [f"Dimension{n}" for n in _DIMENSIONS]
    pairs = {name: line.get(name) or order.get(name) for name in names}
    return {name: row for name, row in pairs.items() if row is not None}


def check_dimensions(company: Company, account: Doc, dimensions: Doc) -> None:
    """A value must not be blocked, and an account may require one."""
    for n in _DIMENSIONS:
        row = dimensions.get(f"Dimension{n}")
        if row is None:
            if account.get(f"Dim{n}ParmDisplay") == DIMENSION_USE.number("Mandatory"):
                raise Refused("DimensionIsMandatory", f"Dimension{n}", account["Account"])
            continue
        value = company[f"GLDimType{n}"].require(row)
        if value.get("Blocked"):
            raise Refused("DimensionDoesNotExist", f"Dimension{n}", value["Dimension"])
