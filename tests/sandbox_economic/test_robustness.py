"""Whatever a client sends, the sandbox answers with a refusal of its own, never with a crash."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.standin.jsontext import encode

from .server import Api, customer, draft, line

WITHIN_TIME = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.sampled_from(["", "1", "1000", "DKK", "2026-01-01", "æ" * 300, "http://x/customers/1", "\x00"])
    | st.sampled_from(
        [Decimal("1.005"), Decimal("-0.00"), Decimal("1E+400"), Decimal("1E-400"), Decimal("99999999999.99")]
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["self", "customerNumber", "x"]), inner)
    ),
    max_leaves=4,
)


def places(body: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The path of every value in a body."""
    if isinstance(body, dict):
        members: list[tuple[str | int, Any]] = list(body.items())
    elif isinstance(body, list):
        members = list(enumerate(body))
    else:
        return [path]
    return [path, *(found for step, member in members for found in places(member, (*path, step)))]


def changed(body: Any, path: tuple[str | int, ...], value: object) -> Any:
    """A copy of a body with another value at a path."""
    if not path:
        return value
    copy = body.copy()
    copy[path[0]] = changed(body[path[0]], path[1:], value)
    return copy


FULL_LINE = line(
    discountPercentage=1, unitCostPrice=1, unit={"unitNumber": 1}, sortKey=1, lineNumber=1,
    accrual={"startDate": "2026-01-01", "endDate": "2026-02-01"},
    departmentalDistribution={"departmentalDistributionNumber": 1},
)  # fmt: skip
FULL_DRAFT = draft(
    FULL_LINE, exchangeRate=1, dueDate="2026-02-01", currency="EUR", notes={"heading": "x"},
    references={"other": "x", "salesPerson": {"employeeNumber": 1}}, delivery={"deliveryDate": "2026-01-01"},
)  # fmt: skip
FULL_CUSTOMER = customer(
    ean="5790000123452", creditLimit=1, barred=False, layout={"layoutNumber": 19}, salesPerson={"employeeNumber": 1}
)
BODIES = {
    "/invoices/drafts": FULL_DRAFT,
    "/customers": FULL_CUSTOMER,
    "/products": {"productNumber": "p", "name": "p", "productGroup": {"productGroupNumber": 1}, "salesPrice": 1},
    "/payment-terms": {"name": "t", "paymentTermsType": "net", "daysOfCredit": 1},
    "/invoices/booked": {"draftInvoice": {"draftInvoiceNumber": 1, "self": "x"}, "bookWithNumber": 1, "sendBy": "none"},
    "/customer-groups": {"customerGroupNumber": 9, "name": "g", "account": {"accountNumber": 5600}},
}


@WITHIN_TIME
@given(data=st.data())
def test_no_body_makes_the_server_crash(api: Api, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(BODIES)))
    body = BODIES[path]
    where = data.draw(st.sampled_from(places(body)))
    answer = api.post(path, changed(body, where, data.draw(anything)))
    assert answer.status in {201, 400, 404}, answer.raw
    if answer.status == 201:
        assert api.get(answer.headers["Location"].removeprefix(api.url)).status == 200
        assert api.get(path).status == 200


@WITHIN_TIME
@given(
    path=st.sampled_from(["/customers", "/invoices/booked", "/products", "/accounts", "/accounting-years"]),
    name=st.sampled_from(["filter", "sort", "pagesize", "skippages", "x"]),
    value=st.text(alphabet="customerNumber$eqlikand:()[]*,.-~%&=#æ 019", max_size=30),
)
def test_no_query_makes_the_server_crash(api: Api, path: str, name: str, value: str) -> None:
    assert api.get(f"{path}?{name}={value}").status in {200, 400}


@WITHIN_TIME
@given(
    segments=st.lists(
        st.sampled_from(["customers", "invoices", "drafts", "1", "0", "-1", "²", "_6_", "9" * 30, "%"]), max_size=4
    )
)
def test_no_path_makes_the_server_crash(api: Api, segments: list[str]) -> None:
    for method in ("GET", "DELETE", "PUT"):
        assert api.call(method, "/" + "/".join(segments), {} if method == "PUT" else None).status < 500


def test_a_lone_surrogate_is_refused(api: Api) -> None:
    answer = api.post("/customers", encode(customer(name="half of a pair: ?")).replace(b"?", rb"\ud83d"))
    assert answer.status == 400
    assert api.get("/customers").status == 200
