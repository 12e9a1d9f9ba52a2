"""What is foretold of a posting is what is posted, to the øre, under either way of rounding (CT-19, P12)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledgerbridge.delivery.locators import locator_of
from ledgerbridge.money import ZERO, line_net
from ledgerbridge.records import Customer, DocumentType, Invoice, InvoiceLine, Module, VatCode
from ledgerbridge.target.contract import Target
from ledgerbridge.target.uniconta.documents import amount
from ledgerbridge.target.uniconta.foretelling import foretell
from ledgerbridge.target.uniconta.tables import Group, Item, Tables, VatCodes
from sandbox.grounds import TODAY, Firm, Grounds

_numbers = count(1)
TWO = st.decimals("0.01", "999.99", places=2)
QUANTITIES = st.decimals("-40", "40", places=2).filter(bool)


# Two items with VAT, whose codes are two and whose percentage is one.
OTHER_ITEM = "1000b"


@st.composite
def _lines(draw: st.DrawFn) -> tuple[InvoiceLine, ...]:
    lines = []
    for number in range(1, draw(st.integers(1, 5)) + 1):
        quantity, price = draw(QUANTITIES), draw(TWO)
        discount = draw(st.sampled_from([Decimal(0), Decimal("12.5"), Decimal("33.33")]))
        lines.append(
            InvoiceLine(
                line_number=number,
                description=f"Post {number}",
                quantity=quantity,
                unit_price=price,
                discount_percentage=discount,
                net_amount=line_net(quantity, price, discount),
                vat_code=draw(st.sampled_from(list(VatCode))),
            )
        )
    return tuple(lines)


@pytest.fixture(params=["half_up", "half_even"])
def target(request: pytest.FixtureRequest, grounds: Grounds) -> Iterator[tuple[Target, Firm]]:
    """A company that rounds so, with one customer."""
    rounding = {"vat_rounding": request.param, "line_rounding": request.param}
    firm = grounds.firm(system="uniconta", knobs=rounding)
    with firm.company.workplace("foretelling") as workplace, workplace.desk() as desk:
        freja = Customer(source_id="201", customer_number="201", name="Freja", country="DK")
        desk.target.send(desk.target.create_customer(desk.target.customer_payload(freja).text), "c")
        _add_item_with_a_code_of_its_own(firm)
        yield desk.target, firm


def _add_item_with_a_code_of_its_own(firm: Firm) -> None:
    for entity, copied, changes in (
        ("GLVatClient", ("Vat", "U25"), {"Vat": "U25b"}),
        ("InvGroupClient", ("Group", "1"), {"Group": "1b", "SalesVat": "U25b"}),
        ("InvItemClient", ("Item", "1000"), {"Item": OTHER_ITEM, "Group": "1b"}),
    ):
        asked = [{"PropertyName": copied[0], "FilterValue": copied[1]}]
        (row,) = firm.by_hand_list("POST", f"/Query/Get/{entity}", asked)
        own = {name: value for name, value in row.items() if name not in {"RowId", "PrimaryKeyId", "CompanyId"}}
        firm.by_hand("POST", f"/Crud/Insert/{entity}", **{**own, **changes})


@pytest.mark.spec("CT-19", "P12")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=_lines(), others=st.sets(st.integers(1, 5)), prices_include_vat=st.booleans(), discount=st.booleans())
def test_what_is_sure_is_posted_so_and_what_is_not_is_asked_for(
    target: tuple[Target, Firm],
    lines: tuple[InvoiceLine, ...],
    others: set[int],
    *,
    prices_include_vat: bool,
    discount: bool,
) -> None:
    """``others``: lines of an item with another VAT code. The rest is what people may have set on the order."""
    there, firm = target
    number = next(_numbers)
    net = sum((line.net_amount for line in lines), ZERO)
    of = Invoice(
        source_id=str(number),
        document_type=DocumentType.INVOICE,
        is_approved=True,
        invoice_date=TODAY,
        due_date=TODAY + timedelta(days=8),
        customer_source_id="201",
        customer_number="201",
        recipient_name="Freja",
        currency="DKK",
        net_amount=net,
        vat_amount=ZERO,
        gross_amount=net,
        lines=lines,
    )
    locator = locator_of(firm.company.integration, Module.INVOICES, of.source_id)
    products = {line.line_number: OTHER_ITEM for line in lines if line.line_number in others and _has_vat(line)}
    payload = there.invoice_payload(of, "201", locator, products).text
    drafted = there.read_draft(there.send(there.create_draft(payload), "d"))
    if prices_include_vat or discount:
        _set_on_order(firm, drafted.number, PricesInclVat=prices_include_vat, EndDiscountPct=10 if discount else 0)
        drafted = there.draft(drafted.number) or drafted
        assert not drafted.totals_are_sure, "what people set on an order is not computed"
    sure = there.with_sure_totals(drafted)
    assert sure.totals_are_sure
    posted = there.read_booked(there.send(there.book(sure.number, of), "b"), sure, of)
    (shown,) = there.booked({posted.number: locator})
    assert (shown.net, shown.vat, shown.gross) == (sure.net, sure.vat, sure.gross)
    if prices_include_vat or discount:
        return
    if drafted.totals_are_sure:
        assert (drafted.net, drafted.vat) == (shown.net, shown.vat)
    else:
        assert abs(drafted.vat - shown.vat) <= Decimal("0.02") + abs(drafted.net - shown.net)


def _has_vat(line: InvoiceLine) -> bool:
    return line.vat_code is VatCode.STANDARD


def _set_on_order(firm: Firm, number: int, **fields: object) -> None:
    asked = [{"PropertyName": "OrderNumber", "FilterValue": str(number)}]
    (row,) = firm.by_hand_list("POST", "/Query/Get/DebtorOrderClient", asked)
    firm.by_hand("PUT", "/api/Entities/Update/DebtorOrderClient", **{**row, **fields})


TABLES = Tables(
    vat=VatCodes.of(U25=25, U12=12, V12=12),
    debtor_groups={"1": Group(codes=("U25",)), "firm": Group(codes=("U12", "gone"), follows_debtor=True)},
    item_groups={"ydelser": Group(codes=("U25", "", ""))},
    items={"1000": Item(group="ydelser", decimals=2), "0d": Item(group="ydelser", decimals=0)},
)


@pytest.mark.spec("CT-19", "CT-13")
@pytest.mark.parametrize(
    ("line", "debtor", "net", "vat", "is_sure"),
    [
        ({"Item": "1000", "Qty": 2, "Price": Decimal("10.00")}, {}, "20.00", "5.00", True),
        ({"Item": "1000", "Qty": 1, "Price": Decimal("0.02")}, {}, "0.02", "0.01", False),
        ({"Item": "1000", "Qty": Decimal("0.5"), "Price": Decimal("0.01")}, {}, "0.01", "0.00", False),
        ({"Item": "1000", "Qty": 1, "Price": 100}, {"VatZone": "EU Member States"}, "100.00", "0.00", True),
        ({"Item": "1000", "Qty": 1, "Price": 100}, {"VatZone": "Abroad"}, "100.00", "0.00", True),
        ({"Item": "1000", "Qty": 1, "Price": 100, "Vat": "U12"}, {}, "100.00", "12.00", True),
        ({"Item": "1000", "Qty": 1, "Price": 100}, {"Vat": "U12"}, "100.00", "12.00", True),
        ({"Item": "1000", "Qty": 1, "Price": 100}, {"Group": "firm"}, "100.00", "12.00", True),
        ({"Item": "0d", "Qty": Decimal("7.25"), "Price": 100}, {}, "700.00", "175.00", True),
        ({"Text": "Fast beløb", "Total": Decimal("80.00")}, {"Group": "1"}, "80.00", "20.00", True),
        ({"Text": "Kun tekst"}, {}, "0.00", "0.00", True),
        ({"Item": "1000", "Qty": 1, "Price": 100, "Vat": "??"}, {}, "100.00", "0.00", False),
        ({"Item": "1000", "Qty": 1, "Price": 100}, {"Group": "firm", "VatZone": "1"}, "100.00", "0.00", False),
        ({"Item": "1000", "Qty": -1, "Price": Decimal("0.02")}, {}, "-0.02", "-0.01", False),
        ({"Item": "1000", "Qty": 3, "Price": 10, "DiscountPct": Decimal("33.33")}, {}, "20.00", "5.00", True),
    ],
)
def test_each_rule_by_itself(
    line: dict[str, object], debtor: dict[str, str], net: str, vat: str, is_sure: bool
) -> None:
    foretold = foretell([line], {"Group": "1", "VatZone": "Domestic", **debtor}, TABLES, TODAY)
    assert (foretold.net, foretold.vat, foretold.is_sure) == (Decimal(net), Decimal(vat), is_sure)


@pytest.mark.spec("CT-19")
def test_vat_is_rounded_code_by_code_and_told_by_percentage() -> None:
    lines = [{"Item": "1000", "Qty": 1, "Price": Decimal("0.03"), "Vat": code} for code in ("U12", "V12", "U25")]
    foretold = foretell(lines, {}, TABLES, TODAY)
    assert [(share.rate, share.net, share.vat) for share in foretold.shares] == [
        (Decimal(12), Decimal("0.06"), Decimal("0.00")),
        (Decimal(25), Decimal("0.03"), Decimal("0.01")),
    ]
    assert foretold.is_sure


@pytest.mark.spec("CT-19", "P12")
@pytest.mark.parametrize(
    ("shown", "meant"),
    [
        ("1234.5600000000002", "1234.56"),
        ("0.30000000000000004", "0.30"),
        ("1234.5599999999999", "1234.56"),
        ("-0.1", "-0.10"),
        ("100", "100.00"),
        ("0.125", "0.125"),
    ],
)
def test_a_binary_fractions_rubbish_is_left_out_and_nothing_else(shown: str, meant: str) -> None:
    assert amount(Decimal(shown)) == Decimal(meant)
