"""The products: read, taken into use, made the default, chosen for a line (TL-7, CT-18)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from porch import Porch, carry_out, opened
from reading import rows_in, text_of

from ledgerbridge.delivery import activation, preparing
from ledgerbridge.pages.works import Right
from ledgerbridge.records import Module
from ledgerbridge.store import products as shelf
from sandbox.clienttime.rows import amount_line, text_line
from sandbox.grounds import Firm, Grounds, customer, invoice


@pytest.fixture
def firm(grounds: Grounds) -> Firm:
    """One invoice that waits for its customer: two lines with VAT, a text, one exempt line."""
    kunde = customer(701)
    lines = [
        amount_line("Rådgivning", "2", "1000"),
        text_line("Efter aftale"),
        amount_line("Kørsel", "10", "3.80", unit="km"),
        amount_line("Kursus", "1", "500", with_vat=False),
    ]
    firm = grounds.firm([kunde], [invoice(1, kunde, *lines)])
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.states() == {"1": "waiting"}
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    return firm


@pytest.fixture
def porch(firm: Firm) -> Iterator[Porch]:
    with opened(firm) as served:
        yield served


def _ask(porch: Porch, firm: Firm, action: str, **form: Any) -> str:
    with porch.client(Right.SET_UP, name="Sofie") as http:
        answer = http.post(f"/{firm.name}/products", data={"action": action, "tab": "every", **form})
        assert answer.status_code == 303
        carry_out(firm)
        return http.get(answer.headers["location"]).text


def _in_use(porch: Porch, firm: Firm, *numbers: str) -> str:
    _ask(porch, firm, "look")
    return _ask(porch, firm, "use", row=list(numbers))


def _listed(page: str) -> dict[str, list[str]]:
    return {row[1].split()[0]: row[1:] for row in rows_in(page) if len(row) == 5}


def _record(firm: Firm) -> int:
    ((record_id,),) = firm.ours("SELECT record_id FROM record WHERE module = 'invoices'")
    return int(record_id)


def _choose(porch: Porch, firm: Firm, right: Right = Right.ACT, **lines: str) -> str:
    """Choose products on the invoice's page: by line, as «line_1»."""
    address = f"/{firm.name}/records/{_record(firm)}"
    with porch.client(right, name="Vibeke") as http:
        shown = re.search(r'name="transfer_id" value="(\d+)"', http.get(address).text)
        form = {name.replace("line_", "product "): number for name, number in lines.items()}
        answer = http.post(
            address, data={"action": "choose_products", "transfer_id": shown[1] if shown else "", **form}
        )
        assert answer.status_code == 303
        carry_out(firm)
        return http.get(answer.headers["location"]).text


def _sold_as(firm: Firm) -> list[str | None]:
    """The products of the only document's lines, as the target has it."""
    ledger = firm.ledger()
    (document,) = [*ledger["drafts"], *ledger["booked"]]
    return [(line.get("product") or {}).get("productNumber") for line in document["lines"]]


@pytest.mark.spec("TL-7", "CT-18")
def test_the_products_are_listed_with_their_group_and_their_vat(porch: Porch, firm: Firm) -> None:
    firm.by_hand("PUT", "/products/2010", name="Kursus", productGroup={"productGroupNumber": 3}, barred=True)
    with porch.client(Right.SET_UP) as http:
        assert "have not been read yet" in http.get(f"/{firm.name}/products").text
    page = _ask(porch, firm, "look")
    assert "The 4 products of the accounts were read; 1 of them are barred" in text_of(page)
    listed = _listed(page)
    assert listed["1000"] == ["1000 Honorar", "Ydelser m. moms", "25%", "as a default"]
    assert listed["1010"] == ["1010 Kørsel", "Ydelser m. moms", "25%", "no"]
    assert listed["2000"] == ["2000 Honorar, momsfrit", "Ydelser u. moms", "0%", "as a default"]
    assert listed["2010"][-1] == "barred no"
    page = _ask(porch, firm, "use", row=["1010", "2010", "9999"])
    assert _listed(page)["1010"][-1].endswith("by Sofie")
    told = text_of(page)
    assert "Product 2010 (Kursus) is barred" in told
    assert "Product 9999 was not there" in told
    with porch.client(Right.READ) as http:
        assert [row[0] for row in rows_in(http.get(f"/{firm.name}/products?tab=in_use").text)][2:] == [
            "1000 Honorar",
            "1010 Kørsel",
            "2000 Honorar, momsfrit",
        ]
        found = http.get(f"/{firm.name}/products?tab=every&name=honorar").text
    assert [row[0] for row in rows_in(found)][2:] == ["1000 Honorar", "2000 Honorar, momsfrit"]


@pytest.mark.spec("TL-7")
def test_what_is_in_use_and_is_deleted_there_stays_listed(porch: Porch, firm: Firm) -> None:
    _in_use(porch, firm, "1010")
    firm.by_hand("DELETE", "/products/1010")
    page = _ask(porch, firm, "look")
    assert "no longer there" in _listed(page)["1010"][-1]
    assert "Product 1010 was not there" in text_of(_ask(porch, firm, "use", row=["1010"]))
    assert "1010" not in _listed(_ask(porch, firm, "drop", row=["1010"]))


@pytest.mark.spec("TL-7", "CT-18", "X-10")
def test_a_default_that_is_chosen_counts_for_what_is_made_from_then_on(porch: Porch, firm: Firm) -> None:
    page = text_of(_in_use(porch, firm, "1010", "2010"))
    assert "1000 Honorar the file of the integration" in page
    done = text_of(_ask(porch, firm, "default", vat_code="standard", number="1010"))
    assert "Product 1010 (Kørsel) is now the default of lines with VAT" in done
    assert "1010 Kørsel Sofie on" in done
    assert "the file of the integration says 1000" in done
    firm.company.deliver(Module.INVOICES, validated=False)
    assert _sold_as(firm) == ["1010", None, "1010", "2000"]
    assert ("default_product_chosen", "Sofie") in firm.ours("SELECT event, actor FROM history")
    with porch.client(Right.READ) as http:
        switched = text_of(http.get(f"/{firm.name}").text)
    assert "settings were changed" not in switched
    assert "Integration: in order" in switched
    back = text_of(_ask(porch, firm, "default", vat_code="standard", number="as in file"))
    assert "The default of lines with VAT is again what the integration's file says: 1000" in back
    assert "1000 Honorar the file of the integration" in back
    assert firm.ours("SELECT count(*) FROM product_default") == [(0,)]


@pytest.mark.spec("TL-7", "CT-18")
@pytest.mark.parametrize(
    ("vat_code", "number", "told"),
    [
        ("exempt", "1010", "Product 1010 (Kørsel) is sold with 25 % VAT, but the line must have 0 %"),
        ("standard", "1000", "Product 1000 is not in use"),
        ("standard", "9999", "Product 9999 was not there"),
    ],
)
def test_a_default_of_another_vat_or_out_of_use_is_refused(
    porch: Porch, firm: Firm, vat_code: str, number: str, told: str
) -> None:
    _in_use(porch, firm, "1010")
    page = text_of(_ask(porch, firm, "default", vat_code=vat_code, number=number))
    assert told in page
    assert firm.ours("SELECT count(*) FROM product_default") == [(0,)]


@pytest.mark.spec("TL-7", "CT-18")
def test_a_default_is_checked_in_the_target_before_it_counts(porch: Porch, firm: Firm) -> None:
    """The list is as old as the last look; the product has been barred since."""
    _in_use(porch, firm, "1010")
    firm.by_hand("PUT", "/products/1010", name="Kørsel", productGroup={"productGroupNumber": 2}, barred=True)
    before = firm.ours("SELECT settings_hash, passed FROM preflight")
    page = text_of(_ask(porch, firm, "default", vat_code="standard", number="1010"))
    assert "the product with VAT" in page
    assert firm.ours("SELECT count(*) FROM product_default") == [(0,)]
    assert firm.ours("SELECT settings_hash, passed FROM preflight") == before


@pytest.mark.spec("TL-7")
def test_a_default_is_not_taken_out_of_use(porch: Porch, firm: Firm) -> None:
    _in_use(porch, firm, "1000", "1010")
    page = _ask(porch, firm, "drop", row=["1000", "1010"])
    assert "Product 1000 is a default" in text_of(page)
    assert _listed(page)["1000"][-1].endswith("by Sofie")
    assert _listed(page)["1010"][-1] == "no"


@pytest.mark.spec("TL-7", "X-4")
def test_a_product_is_chosen_for_a_line(porch: Porch, firm: Firm) -> None:
    _in_use(porch, firm, "1010", "2010")
    page = _choose(porch, firm, line_1="", line_3="1010", line_4="2010")
    assert "the products of lines 1, 3, 4 are kept" in text_of(page)
    assert "chosen by Vibeke" in text_of(page)
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.states() == {"1": "delivered"}
    assert _sold_as(firm) == ["1000", None, "1010", "2010"]
    events = firm.ours("SELECT actor, detail ->> 'line', detail ->> 'product' FROM history WHERE event LIKE 'line_%'")
    assert sorted(events) == [("Vibeke", "3", "1010"), ("Vibeke", "4", "2010")]


@pytest.mark.spec("TL-7", "CT-18", "CT-19")
@pytest.mark.parametrize(
    ("line", "number", "told"),
    [
        ("line_4", "1010", "Product 1010 (Kørsel) is sold with 25 % VAT, but the line must have 0 %"),
        ("line_3", "1000", "Product 1000 is not in use"),
        ("line_2", "1010", "Line 2 cannot have one product"),
        ("line_9", "1010", "What stood on the page when the button was pressed no longer holds"),
    ],
)
def test_a_product_that_does_not_fit_is_refused_and_nothing_is_changed(
    porch: Porch, firm: Firm, line: str, number: str, told: str
) -> None:
    _in_use(porch, firm, "1010")
    page = text_of(_choose(porch, firm, **{"line_1": "1010", line: number}))
    assert told in page, page
    assert firm.ours("SELECT count(*) FROM line_product") == [(0,)]
    assert firm.ours("SELECT count(*) FROM history WHERE event LIKE 'line_%'") == [(0,)]


@pytest.mark.spec("TL-7", "CT-19")
def test_a_held_draft_is_written_anew_with_the_chosen_product(porch: Porch, firm: Firm) -> None:
    """The product with VAT of the file was put into a group without VAT: its totals differ, and it is held."""
    _in_use(porch, firm, "1010")
    firm.by_hand("PUT", "/products/1000", name="Honorar", productGroup={"productGroupNumber": 3})
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.reasons() == {"1": "invoice_vat_differs"}
    _choose(porch, firm, line_1="1010", line_3="1010")
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.states() == {"1": "delivered"}
    assert _sold_as(firm) == ["1010", None, "1010", "2000"]
    assert len(firm.locators()) == 1


@pytest.mark.spec("TL-7")
@pytest.mark.parametrize("change", ["\"Text\" = 'Flybillet'", '"VatCode" = \'Fri\', "VatRate" = 0'])
def test_a_choice_does_not_outlive_the_line_that_it_was_made_for(porch: Porch, firm: Firm, change: str) -> None:
    _in_use(porch, firm, "1010")
    _choose(porch, firm, line_3="1010")
    exempt = firm.source('SELECT "VatCode" FROM "InvoiceLine" WHERE "LineNumber" = 4')[0][0]
    firm.source(f'UPDATE "InvoiceLine" SET {change.replace("Fri", exempt)} WHERE "LineNumber" = 3')
    if "VatRate" in change:
        firm.source('UPDATE "Invoice" SET "VatAmount" = 500, "GrossAmount" = "NetAmount" + 500')
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.reasons() == {"1": "line_product_moved"}
    assert firm.states() == {"1": "waiting"}
    with porch.client(Right.ACT) as http:
        shown = text_of(http.get(f"/{firm.name}/records/{_record(firm)}").text)
    assert "1010 was chosen by Vibeke for “Kørsel”" in shown
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.states() == {"1": "waiting"}, "it waits for a person, not for a run"
    _choose(porch, firm, line_1="", line_3="", line_4="")
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.states() == {"1": "delivered"}
    assert "1010" not in _sold_as(firm)


@pytest.mark.spec("TL-7")
def test_a_line_that_is_gone_keeps_no_product(porch: Porch, firm: Firm) -> None:
    _in_use(porch, firm, "1010", "2010")
    _choose(porch, firm, line_4="2010")
    firm.source('DELETE FROM "InvoiceLine" WHERE "LineNumber" = 4')
    firm.source('UPDATE "Invoice" SET "NetAmount" = 2038, "GrossAmount" = 2547.5')
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.reasons() == {"1": "line_product_moved"}
    _choose(porch, firm, line_1="", line_3="1010")
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.states() == {"1": "delivered"}
    assert _sold_as(firm) == ["1000", None, "1010"]


@pytest.mark.spec("TL-7", "CT-17")
@pytest.mark.parametrize("treatment", ["DK", "EXPORT"])
def test_a_choice_never_goes_onto_parts_that_differ_in_vat(porch: Porch, firm: Firm, treatment: str) -> None:
    """The line still reads as it did, and is now the sum of parts: an exempt one would be sold with VAT."""
    _in_use(porch, firm, "1010")
    _choose(porch, firm, line_1="1010")
    ((line_id,),) = firm.source('SELECT "InvoiceLineID" FROM "InvoiceLine" WHERE "LineNumber" = 1')
    firm.source(
        'INSERT INTO "InvoiceLinePart" ("InvoiceLineID", "PartNumber", "Text", "Quantity", "UnitPrice", "NetAmount",'
        " \"VatCode\", \"VatRate\") VALUES (%s, 1, 'A', 1, 1000, 1000, 'M', 25), (%s, 2, 'B', 1, 1000, 1000, 'F', 0)",
        line_id,
        line_id,
    )
    vat = "259.5" if treatment == "DK" else "0"
    firm.source(
        f'UPDATE "Invoice" SET "VatTreatment" = %s, "VatAmount" = {vat}, "GrossAmount" = "NetAmount" + {vat}', treatment
    )
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.reasons() == {"1": "line_product_moved"}
    _choose(porch, firm, line_3="", line_4="")  # the page has no field for line 1 any more
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.states() == {"1": "delivered"}
    assert _sold_as(firm) == ["1000", "2000", None, "1000", "2000"]


@pytest.mark.spec("TL-7")
def test_a_choice_for_what_is_only_a_text_now_is_let_go(porch: Porch, firm: Firm) -> None:
    _in_use(porch, firm, "1010")
    _choose(porch, firm, line_3="1010")
    for old, new in ((3, 103), (2, 3), (103, 2)):
        firm.source('UPDATE "InvoiceLine" SET "LineNumber" = %s WHERE "LineNumber" = %s', new, old)
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.reasons() == {"1": "line_product_moved"}
    with porch.client(Right.ACT) as http:
        page = http.get(f"/{firm.name}/records/{_record(firm)}").text
    offered = dict.fromkeys(re.findall(r'<select name="product (\d)"', page), "")
    assert set(offered) == {"1", "2", "4"}
    assert "1010 was chosen by Vibeke for “Kørsel”" in text_of(page)
    _choose(porch, firm, **{f"line_{name}": number for name, number in offered.items()})
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.states() == {"1": "delivered"}
    assert "1010" not in _sold_as(firm)


@pytest.mark.spec("TL-7")
def test_a_line_keeps_its_product_when_that_is_taken_out_of_use(porch: Porch, firm: Firm) -> None:
    _in_use(porch, firm, "1010", "2010")
    firm.ours("UPDATE link SET broken_at = now() WHERE module = 'customers'")
    _choose(porch, firm, line_3="1010")
    _ask(porch, firm, "drop", row=["1010"])
    firm.company.deliver(Module.INVOICES, validated=False)
    told = text_of(_choose(porch, firm, line_1="", line_3="1010", line_4="2010"))
    assert "the products of lines 1, 3, 4 are kept" in told, told
    assert firm.ours("SELECT line_number, number FROM line_product ORDER BY 1") == [(3, "1010"), (4, "2010")]


@pytest.mark.spec("TL-7", "X-2")
def test_a_choice_made_while_a_run_makes_the_payload_is_what_is_booked(
    porch: Porch, firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run has read that nothing is chosen; before it writes its payload down, somebody chooses."""
    _in_use(porch, firm, "1010")
    real, done = shelf.of_lines, []

    def meanwhile(connection: Any, record_ids: Any) -> Any:
        found = real(connection, record_ids)
        if not done:
            done.append(True)
            monkeypatch.setattr(preparing.products, "of_lines", real)
            assert "are kept" in text_of(_choose(porch, firm, line_1="1010"))
        return found

    monkeypatch.setattr(preparing.products, "of_lines", meanwhile)
    firm.company.deliver(Module.INVOICES, validated=False)
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.states() == {"1": "delivered"}
    assert _sold_as(firm) == ["1010", None, "1000", "2000"]


@pytest.mark.spec("TL-7", "CT-18")
def test_where_both_defaults_are_barred_one_is_replaced_after_the_other(porch: Porch, firm: Firm) -> None:
    _in_use(porch, firm, "1010", "2010")
    for number, group in (("1000", 2), ("2000", 3)):
        firm.by_hand("PUT", f"/products/{number}", name="X", productGroup={"productGroupNumber": group}, barred=True)
    with firm.company.workplace("preflight", actor="Sofie") as workplace, workplace.desk() as desk:
        assert not activation.check_now(desk).passed
    told = text_of(_ask(porch, firm, "default", vat_code="standard", number="1010"))
    assert "is now the default of lines with VAT" in told
    told = text_of(_ask(porch, firm, "default", vat_code="exempt", number="2010"))
    assert "is now the default of lines exempt from VAT" in told
    assert firm.ours("SELECT passed FROM preflight") == [(True,)]


@pytest.mark.spec("TL-7")
def test_a_default_counts_in_the_agreement_that_it_was_chosen_in(porch: Porch, firm: Firm) -> None:
    _in_use(porch, firm, "1010")
    _ask(porch, firm, "default", vat_code="standard", number="1010")
    elsewhere = firm.with_settings(target={"connection": "another_agreement"}).company.integration
    with closing(firm.company.store()) as store:
        assert shelf.in_force(store, firm.company.integration).invoicing.product_with_vat == "1010"
        assert shelf.in_force(store, elsewhere).invoicing.product_with_vat == "1000"


def test_a_careless_press_changes_no_default(porch: Porch, firm: Firm) -> None:
    page = _in_use(porch, firm, "1010")
    for select in re.findall(r'<select name="number".*?</select>', page, re.DOTALL):
        assert re.findall(r'<option value="([^"]*)"', select)[0] == ""
    assert "Nothing was asked for" in text_of(_ask(porch, firm, "default", vat_code="standard", number=""))
    assert firm.ours("SELECT count(*) FROM intent WHERE kind = 'default_product'") == [(0,)]


@pytest.mark.spec("TL-7", "P14")
def test_a_credit_note_has_the_products_of_what_it_credits(porch: Porch, firm: Firm) -> None:
    """Its lines that read as the invoice's do go to the same account; another one has the default."""
    _in_use(porch, firm, "1010")
    _choose(porch, firm, line_3="1010")
    firm.company.deliver(Module.INVOICES, validated=False)
    note = [amount_line("Kørsel", "-10", "3.80", unit="km"), amount_line("Rabat", "-1", "100")]
    firm.add([], [invoice(2, customer(701), *note, is_credit_note=True, original_id=1)])
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.states() == {"1": "delivered", "2": "delivered"}
    credit = next(item for item in firm.ledger()["booked"] if item["netAmount"] < 0)
    assert [line["product"]["productNumber"] for line in credit["lines"]] == ["1010", "1000"]


@pytest.mark.spec("TL-7", "X-10")
def test_lines_that_have_changed_since_the_page_was_shown_are_shown_again_first(porch: Porch, firm: Firm) -> None:
    _in_use(porch, firm, "1010")
    firm.ours("UPDATE link SET broken_at = now() WHERE module = 'customers'")
    address = f"/{firm.name}/records/{_record(firm)}"
    with porch.client(Right.ACT) as http:
        shown = re.search(r'name="transfer_id" value="(\d+)"', http.get(address).text)
        assert shown
        firm.source('UPDATE "InvoiceLine" SET "Text" = %s WHERE "LineNumber" = 1', "Noget andet")
        firm.company.deliver(Module.INVOICES, validated=False)
        assert firm.states() == {"1": "waiting"}, "a newer revision waits"
        http.post(address, data={"action": "choose_products", "transfer_id": shown[1], "product 1": "1010"})
        carry_out(firm)
        page = text_of(http.get(address).text)
    assert "no longer holds" in page
    assert firm.ours("SELECT count(*) FROM line_product") == [(0,)]


@pytest.mark.spec("TL-7", "X-10")
def test_what_the_page_showed_is_what_is_chosen_for(porch: Porch, firm: Firm) -> None:
    """The invoice was delivered while somebody looked at its lines."""
    _in_use(porch, firm, "1010")
    address = f"/{firm.name}/records/{_record(firm)}"
    with porch.client(Right.ACT) as http:
        shown = re.search(r'name="transfer_id" value="(\d+)"', http.get(address).text)
        assert shown
        firm.company.deliver(Module.INVOICES, validated=False)
        form = {"action": "choose_products", "transfer_id": shown[1], "product 1": "1010"}
        answer = http.post(address, data=form)
        carry_out(firm)
        page = text_of(http.get(answer.headers["location"]).text)
    assert "What stood on the page when the button was pressed no longer holds" in page
    assert _sold_as(firm) == ["1000", None, "1000", "2000"]
    assert "Use these products" not in page


def test_who_may_only_read_is_offered_no_choice(porch: Porch, firm: Firm) -> None:
    _in_use(porch, firm, "1010")
    with porch.client(Right.READ) as http:
        page = http.get(f"/{firm.name}/records/{_record(firm)}").text
        list_page = http.get(f"/{firm.name}/products?tab=every").text
    assert "<select" not in page
    assert ["3", "Kørsel", "10.00 km", "3.80", "38.00", "with VAT", "1000"] in rows_in(page)
    assert "ask for the right to set up" in list_page
    assert 'type="checkbox"' not in list_page
