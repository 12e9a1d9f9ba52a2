"""Whatever a client sends, the sandbox answers with a refusal of its own, never with a crash."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .server import Api, Sandbox, debtor, line

WITHIN_TIME = settings(max_examples=60, deadline=None)

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.sampled_from(["", "1", "1000", "DKK", "2026-01-01", "æ" * 300, "\x00", "9" * 5000, "1..2", "²"])
    | st.sampled_from([Decimal("1.005"), Decimal("-0.00"), Decimal("1E+400"), Decimal("1E-400")])
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["Account", "RowId", "x"]), inner),
    max_leaves=4,
)
NAMES = {
    "Debtor": [*debtor(), "RowId", "Country", "CreditMax", "Blocked", "VatZone", "Dimension1", "Currency"],
    "DebtorOrder": ["Account", "OrderNumber", "Currency", "DueDate", "Settlements", "Payment", "ExchangeRate", "RowId"],
    "DebtorOrderLine": [*line(), "OrderNumber", "LineNumber", "Total", "DiscountPct", "RowId", "Vat", "Unit"],
}


@pytest.fixture(scope="module")
def books(sandbox: Sandbox) -> Iterator[Api]:
    """One company for all examples."""
    api = Api(sandbox.url, sandbox.control.create_company(debtors=[debtor()], knobs={"daily_limit": 10**9}))
    api.order()
    yield api
    api.session.close()


@WITHIN_TIME
@given(st.sampled_from(sorted(NAMES)), st.sampled_from(["Insert", "Update", "Delete"]), st.data())
def test_writes(books: Api, entity: str, what: str, data: st.DataObject) -> None:
    body = data.draw(st.dictionaries(st.sampled_from(NAMES[entity]), anything) | anything)
    verb = {"Insert": "POST", "Update": "PUT", "Delete": "DELETE"}[what]
    assert books.web(verb, f"/Crud/{what}/{entity}Client", body).status < 500
    assert books.web(verb, f"/Crud/{what}List/{entity}Client", [body]).status < 500


@WITHIN_TIME
@given(
    st.dictionaries(st.sampled_from(["Order", "Lines", "OrderNumber", "Date", "Simulate"]), anything),
    st.dictionaries(st.sampled_from(NAMES["DebtorOrder"]), scalars),
    st.lists(st.dictionaries(st.sampled_from(NAMES["DebtorOrderLine"]), scalars), max_size=2),
)
def test_postings(books: Api, loose: dict[str, object], order: dict[str, object], lines: list[object]) -> None:
    assert books.web("POST", "/Invoice/GenerateDebtorInvoice", loose).status < 500
    assert books.generate(Order={"Account": "1001"} | order, Lines=lines, Simulate=True).status < 500


@WITHIN_TIME
@given(
    st.lists(
        st.dictionaries(st.sampled_from(["PropertyName", "FilterValue", "Skip", "Take", "OrderBy"]), scalars) | scalars,
        max_size=3,
    ),
    st.sampled_from(["Account", "CreditMax", "Country", "RowId", "Created", "LastInvoice", "Group", "CompanyId"]),
    scalars,
)
def test_queries(books: Api, filters: list[object], name: str, value: object) -> None:
    assert books.web("POST", "/Query/Get/DebtorClient", filters).status < 500
    one = [{"PropertyName": name, "FilterValue": value, "OrderBy": True}]
    assert books.web("POST", "/Query/Get/DebtorClient", one).status < 500
    assert books.basic("GET", "/api/Entities/DebtorClient", Name=name, Value=str(value)[:300]).status < 500


words = st.sampled_from(
    ["Account", "CreditMax", "Created", "eq", "ne", "gt", "and", "or", "(", ")", "'x'", "1", "1.5", "true", "null",
     "datetime'2026-01-01'", "datetime'x'", "²", "RowId"]
)  # fmt: skip


@WITHIN_TIME
@given(st.lists(words, max_size=8), words)
def test_the_feed(books: Api, condition: list[str], order: str) -> None:
    path = f"/odata/DebtorClient?$filter={quote(' '.join(condition))}&$orderby={quote(order)}"
    assert books.basic("GET", path).status in {200, 400}


@WITHIN_TIME
@given(anything, st.sampled_from(["/login", "/refresh"]))
def test_the_door(books: Api, body: object, path: str) -> None:
    answer = books.send("POST", path, body, {"Content-Type": "application/json"})
    assert answer.status in {200, 401}
    wrapped = books.send("POST", path, {"Username": body, "Password": body}, {"Content-Type": "application/json"})
    assert wrapped.status in {200, 401}
