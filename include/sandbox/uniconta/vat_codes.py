"""Which VAT code and which revenue account a line has (contract 9.2)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sandbox.standin.jsontext import Doc
from sandbox.uniconta.amounts import number
from sandbox.uniconta.company import Company
from sandbox.uniconta.enums import REVENUE_FOLLOWS
from sandbox.uniconta.errors import Refused


def vat_code(company: Company, order: Doc, line: Doc, debtor: Doc) -> Doc | None:
    """The line's own code, else the order's, the debtor's, or that of the group that sales follow."""
    row = line.get("Vat") or order.get("Vat") or debtor.get("Vat")
    if row is None:
        row = _slot(_leading_group(company, line, debtor), "SalesVat", _zone(debtor))
    return None if row is None else company["GLVat"].require(row)


def revenue_account(company: Company, order: Doc, line: Doc, debtor: Doc) -> Doc:
    """The line's own account, else the order's, the debtor's, the leading group's, or the other group's."""
    row = line.get("PostingAccount") or order.get("PostingAccount") or debtor.get("PostingAccount")
    for group in (_leading_group(company, line, debtor), *_groups(company, line, debtor)):
        row = row or _slot(group, "RevenueAccount", _zone(debtor))
    if row is None:
        raise Refused("AccountIsMissing", "RevenueAccount")
    account = company["GLAccount"].require(row)
    if account.get("Blocked"):
        raise Refused("AccountIsBlocked", "RevenueAccount", account["Account"])
    return account


def rate_on(vat: Doc, day: date) -> Decimal:
    """The rate in percent; a code may change its rate at a date."""
    changes = vat.get("Date")
    if changes is not None and day.isoformat() >= changes:
        return number(vat, "RateAfterDate")
    return number(vat, "Rate")


def _groups(company: Company, line: Doc, debtor: Doc) -> tuple[Doc, ...]:
    """The item's group, where there is an item, and the debtor's."""
    debtor_group = company["DebtorGroup"].require(debtor["Group"])
    if line.get("Item") is None:
        return (debtor_group,)
    return company["InvGroup"].require(company["InvItem"].require(line["Item"])["Group"]), debtor_group


def _leading_group(company: Company, line: Doc, debtor: Doc) -> Doc:
    groups = _groups(company, line, debtor)
    follows_debtor = groups[-1].get("RevenueFollowDC") == REVENUE_FOLLOWS.number("Debtor")
    return groups[-1] if follows_debtor else groups[0]


def _zone(debtor: Doc) -> int:
    return int(debtor.get("VatZone") or 0)


def _slot(group: Doc, name: str, zone: int) -> int | None:
    """A group has a slot for each zone; the first is also for the blank ones where the group says so."""
    row = group.get(f"{name}{zone or ''}")
    if row is None and group.get("UseFirstIfBlank"):
        row = group.get(name)
    return None if row is None else int(row)
