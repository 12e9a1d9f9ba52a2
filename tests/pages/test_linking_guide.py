"""The linking guide: three tabs and our own unlinked customers, decisions in bulk, remembered refusals (LK)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pytest
from porch import Porch, carry_out, opened
from reading import rows_in, text_of
from scenery import there

from ledgerbridge.pages.works import Right
from ledgerbridge.records import Module
from sandbox.grounds import Firm, Grounds, customer, invoice


@pytest.fixture
def firm(grounds: Grounds) -> Firm:
    """Both sides have customers: one certain pair, two that may be one, one without anybody, on either side."""
    ours = [
        customer(1, name="Nordlys Revision A/S", cvr="13585628"),
        customer(2, name="Skagen Net", phone="22 33 44 55"),
        customer(3, name="Skagen Net ApS"),
        customer(4, name="Ganske Ny ApS"),
    ]
    theirs = [
        there(101, "NORDLYS REVISION", cvr="13585628", city="Aarhus"),
        there(102, "Skagen Net A/S", phone="+45 22334455"),
        there(103, "Ene Bjerg I/S"),
    ]
    firm = grounds.firm(ours, [invoice(1, ours[0]), invoice(2, ours[0]), invoice(3, ours[1])], there=theirs)
    for module in Module:
        firm.company.deliver(module, validated=False)
    assert set(firm.states(Module.CUSTOMERS).values()) == {"waiting"}
    return firm


@pytest.fixture
def porch(firm: Firm) -> Iterator[Porch]:
    with opened(firm) as served:
        yield served


def _read(porch: Porch, firm: Firm, tab: str, **query: str) -> str:
    with porch.client(Right.READ) as http:
        answer = http.get(f"/{firm.name}/customers", params={"tab": tab, **query})
    assert answer.status_code == 200, answer.text
    return answer.text


def _names(porch: Porch, firm: Firm, tab: str, **query: str) -> list[str]:
    return [row[1].split()[0] for row in rows_in(_read(porch, firm, tab, **query))]


def _ask(porch: Porch, firm: Firm, action: str, tab: str = "one", rows: Sequence[str] = (), **fields: str) -> str:
    """Send the guide's form, have it carried out, and read what the page says."""
    with porch.client(Right.ACT) as http:
        form = {"action": action, "tab": tab, "row": list(rows), **fields}
        answer = http.post(f"/{firm.name}/customers", data=form)
        assert answer.status_code == 303, answer.text
        carry_out(firm)
        return text_of(http.get(answer.headers["location"]).text)


def _links(firm: Firm) -> dict[str, str]:
    return dict(
        firm.ours("SELECT source_id, target_id FROM link JOIN record USING (record_id) WHERE link.module = 'customers'")
    )


@pytest.mark.spec("LK-1", "LK-2")
def test_three_tabs_and_our_own_beside_them(porch: Porch, firm: Firm) -> None:
    assert "have not been read yet" in text_of(_read(porch, firm, "one"))
    assert "have 3 customers" in _ask(porch, firm, "look")
    assert _names(porch, firm, "one") == ["101"]
    assert _names(porch, firm, "several") == ["102"]
    assert _names(porch, firm, "none") == ["103"]
    assert _names(porch, firm, "unlinked") == ["1", "2", "3", "4"]
    one = text_of(_read(porch, firm, "one"))
    assert "CVR number" in one
    assert "CVR 13585628" in one
    several = _read(porch, firm, "several")
    assert [word in text_of(several) for word in ("Phone", "Name", "Skagen Net ApS")] == [True] * 3
    assert "data-mutual" in _read(porch, firm, "one")
    assert "data-mutual" not in several
    assert "2 invoices wait for it" in text_of(_read(porch, firm, "unlinked"))


@pytest.mark.spec("LK-2")
def test_the_counts_are_the_same_above_every_tab(porch: Porch, firm: Firm) -> None:
    _ask(porch, firm, "look")
    _ask(porch, firm, "refuse", "several", ["102"], **{"chosen 102": "2"})
    found = {
        tab: tuple(re.findall(r'<span class="count">(\d+)</span>', _read(porch, firm, tab)))
        for tab in ("one", "several", "none", "unlinked")
    }
    assert set(found.values()) == {("2", "0", "1", "4")}


@pytest.mark.spec("LK-3", "P20")
def test_those_without_a_counterpart_are_a_list_to_make_them_by(porch: Porch, firm: Firm) -> None:
    firm.by_hand("PUT", "/customers/103", **there(103, "=2+3", city="Skagen", phone="98 44 10 20"))
    _ask(porch, firm, "look")
    with porch.client(Right.READ, **{"Accept-Language": "da"}) as http:
        answer = http.get(f"/{firm.name}/customers/without-counterpart.csv")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.content.decode("utf-8-sig").splitlines() == [
        "Kundenummer;Navn;CVR-nummer;Telefon;E-mail;Postnummer;By",
        "103;'=2+3;;98 44 10 20;;;Skagen",
    ]


@pytest.mark.spec("LK-2")
def test_a_tab_is_searched_by_name_or_number(porch: Porch, firm: Firm) -> None:
    _ask(porch, firm, "look")
    assert _names(porch, firm, "none", name="ene") == ["103"]
    assert _names(porch, firm, "none", name="103") == ["103"]
    assert _names(porch, firm, "none", name="101") == []
    assert _names(porch, firm, "unlinked", name="skagen") == ["2", "3"]


@pytest.mark.spec("LK-3", "CT-12")
def test_ticked_ones_are_linked_as_suggested_and_their_invoices_go_on(porch: Porch, firm: Firm) -> None:
    _ask(porch, firm, "look")
    told = _ask(porch, firm, "link", "one", ["101"], **{"chosen 101": "1"})
    assert "Customer 1 (Nordlys Revision A/S) is linked to 101" in told
    assert _links(firm) == {"1": "101"}
    assert _names(porch, firm, "one") == []
    assert firm.ours("SELECT actor FROM history WHERE event = 'linked'") == [("Vibeke",)]
    for module in Module:
        firm.company.deliver(module, validated=False)
    assert firm.states() == {"1": "delivered", "2": "delivered", "3": "waiting"}


@pytest.mark.spec("LK-3")
def test_another_number_may_be_typed_and_goes_before_the_suggestion(porch: Porch, firm: Firm) -> None:
    _ask(porch, firm, "look")
    _ask(porch, firm, "link", "several", ["102"], **{"chosen 102": "2", "typed 102": "3"})
    assert _links(firm) == {"3": "102"}
    _ask(porch, firm, "link", "unlinked", ["4", "2"], **{"typed 4": "103", "typed 2": "101"})
    assert _links(firm) == {"3": "102", "4": "103", "2": "101"}


@pytest.mark.spec("LK-3")
def test_of_many_one_that_cannot_be_linked_stops_no_other(porch: Porch, firm: Firm) -> None:
    told = _ask(
        porch, firm, "link", "unlinked", ["1", "2", "4"], **{"typed 1": "101", "typed 2": "777", "typed 4": "103"}
    )
    assert _links(firm) == {"1": "101", "4": "103"}
    assert "777" in told


@pytest.mark.spec("LK-3", "LK-8")
def test_created_left_out_and_decided_again(porch: Porch, firm: Firm) -> None:
    _ask(porch, firm, "create", "unlinked", ["4", "3"])
    assert "Customer 2 (Skagen Net) is skipped" in _ask(porch, firm, "skip", "unlinked", ["2"])
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    assert _links(firm) == {"4": "4", "3": "3"}
    assert firm.states(Module.CUSTOMERS)["2"] == "ignored"
    _ask(porch, firm, "link", "unlinked", ["2"], **{"typed 2": "102"})
    assert _links(firm)["2"] == "102"


@pytest.mark.spec("LK-2")
def test_a_refused_pair_is_not_proposed_again(porch: Porch, firm: Firm) -> None:
    _ask(porch, firm, "look")
    assert "not the same" in _ask(porch, firm, "refuse", "several", ["102"], **{"chosen 102": "3"})
    assert _names(porch, firm, "several") == []
    assert sorted(_names(porch, firm, "one")) == ["101", "102"]
    _ask(porch, firm, "look")
    assert sorted(_names(porch, firm, "one")) == ["101", "102"], "a new look remembers it"
    assert not any("Skagen Net ApS" in cell for row in rows_in(_read(porch, firm, "one")) for cell in row)
    assert firm.ours("SELECT actor FROM history WHERE event = 'match_refused'") == [("Vibeke",)]


@pytest.mark.spec("LK-6", "TL-13")
def test_nothing_is_linked_by_looking(porch: Porch, firm: Firm) -> None:
    _ask(porch, firm, "look")
    _ask(porch, firm, "look")
    for module in Module:
        firm.company.deliver(module, validated=False)
    assert _links(firm) == {}


@pytest.mark.spec("CT-10")
def test_the_step_is_confirmed_and_new_ones_are_created_then(porch: Porch, firm: Firm) -> None:
    _ask(porch, firm, "look")
    _ask(porch, firm, "link", "one", ["101"], **{"chosen 101": "1"})
    assert "linking is confirmed" in _ask(porch, firm, "confirm").lower()
    firm.add([customer(5, name="Helt Ny I/S")])
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    assert _links(firm) == {"1": "101", "5": "5"}, "those that nobody decided on go on waiting"


def test_nothing_ticked_is_said(porch: Porch, firm: Firm) -> None:
    assert "Nothing was asked for" in _ask(porch, firm, "link", "one")
    assert "Nothing was asked for" in _ask(porch, firm, "link", "none", ["103"])
    assert firm.ours("SELECT count(*) FROM intent") == [(0,)]


def test_rows_without_a_choice_are_named(porch: Porch, firm: Firm) -> None:
    told = _ask(porch, firm, "link", "unlinked", ["1", "4"], **{"typed 1": "101"})
    assert "left out: 1" in told
    assert _links(firm) == {"1": "101"}


@pytest.mark.spec("LK-7")
def test_a_number_that_is_another_company_since_the_look_is_not_linked(porch: Porch, firm: Firm) -> None:
    _ask(porch, firm, "look")
    told = _ask(porch, firm, "link", "one", ["101"], **{"chosen 101": "1", "shown 101": "Helt Anden Forretning"})
    assert "no longer the one that was shown" in told
    assert _links(firm) == {}


def test_a_look_that_finds_the_accounts_away_leaves_the_former_one(porch: Porch, firm: Firm) -> None:
    _ask(porch, firm, "look")
    firm.control.revoke(firm.agreement)
    _ask(porch, firm, "look")
    assert _names(porch, firm, "one") == ["101"]


@pytest.mark.spec("LK-2", "LK-4", "TL-12")
def test_the_guide_knows_both_sides_before_the_first_run(grounds: Grounds) -> None:
    """Nobody has switched the integration on; its customers are read for the guide, and nothing is created."""
    firm = grounds.firm([customer(1, name="Nordlys Revision")], there=[there(101, "NORDLYS REVISION A/S")])
    firm.ours("DELETE FROM confirmation WHERE item = 'activated'")
    with opened(firm) as porch:
        assert "have 1 customers; 1 of them are not linked, and for 1 of them there is a suggestion" in _ask(
            porch, firm, "look"
        )
        assert _names(porch, firm, "one") == ["101"]
        assert _names(porch, firm, "unlinked") == ["1"]
        _ask(porch, firm, "link", "one", ["101"], **{"chosen 101": "1"})
    assert len(firm.ledger()["customers"]) == 1
    firm.company.switch_on()
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    assert _links(firm) == {"1": "101"}
    assert len(firm.ledger()["customers"]) == 1
    assert firm.states(Module.CUSTOMERS) == {"1": "delivered"}
