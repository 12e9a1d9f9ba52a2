"""What the control address tells: counters, ledger, and how often a reference occurs."""

from __future__ import annotations

from collections import Counter
from typing import Final

from sandbox.standin.jsontext import Doc
from sandbox.uniconta.company import Company
from sandbox.uniconta.entities import ENTITIES
from sandbox.uniconta.rows import company_record
from sandbox.uniconta.series import USES
from sandbox.uniconta.store import Store
from sandbox.uniconta.users import User
from sandbox.uniconta.view import present

_FIRST_REFUSAL: Final = 400
_LEDGER: Final = {
    "debtors": "Debtor",
    "contacts": "Contact",
    "orders": "DebtorOrder",
    "orderLines": "DebtorOrderLine",
    "invoices": "DebtorInvoice",
    "invoiceLines": "DebtorInvoiceLines",
    "debtorTransactions": "DebtorTrans",
    "openItems": "DebtorTransOpen",
    "entries": "GLTrans",
}


def summary(company: Company) -> Doc:
    """A company with its facts, series and number of records."""
    return {
        "companyId": company.number,
        "company": present(company, ENTITIES["Company"], company_record(company)),
        "series": {use: (company["NumberSerie"].named(name) or {}).get("Next") for use, name in USES.items()},
        "userFields": company.profile["userFields"],
        "records": {name: len(table) for name, table in company.tables.items()},
    }


def shown_user(user: User) -> Doc:
    """A user without the password."""
    return {
        "name": user.name,
        "kind": user.kind,
        "companies": user.companies,
        "rights": user.rights,
        "locked": user.locked,
    }


def counters(store: Store, company: Company) -> Doc:
    """Calls and writes, all and since the mark."""
    mark = int(company.profile["mark"])
    return _tally(store, company, 0) | {"sinceMark": _tally(store, company, mark)}


def _tally(store: Store, company: Company, after: int) -> Doc:
    calls = reads = 0
    writes: Counter[str] = Counter()
    refusals: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    for row in store.database.tally(company.number, after):
        name = f"{row.method} {row.template}"
        calls += row.number
        statuses[str(row.status)] += row.number
        if row.refused or row.status >= _FIRST_REFUSAL:
            refusals[name] += row.number
        elif row.executed:
            writes[name] += row.number
        elif row.status:
            reads += row.number
    return {
        "calls": calls,
        "reads": reads,
        "writes": dict(writes),
        "writesTotal": writes.total(),
        "refusals": dict(refusals),
        "statuses": dict(statuses),
    }


def ledger(company: Company) -> Doc:
    """Everything that an invoice can have become."""
    told = {
        caption: [present(company, ENTITIES[name], record, own=True) for record in company[name]]
        for caption, name in _LEDGER.items()
    }
    return told | occurrences(company)


def occurrences(company: Company) -> Doc:
    """How often each ``ReferenceNumber`` stands in orders and invoices.

    An order that was posted and stayed counts with its invoice, once.
    """
    invoices = list(company["DebtorInvoice"])
    posted = {(row.get("OrderNumber"), row.get("ReferenceNumber")) for row in invoices}
    orders = [row for row in company["DebtorOrder"] if (row["OrderNumber"], row.get("ReferenceNumber")) not in posted]
    references = [str(row["ReferenceNumber"]) for row in (*orders, *invoices) if row.get("ReferenceNumber")]
    return {"locators": dict(Counter(references))}
