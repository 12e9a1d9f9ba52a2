"""A source that takes customers: the target's data over the source's, and customers made in it (LK-3, S6)."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2.errors
import pytest
from porch import Porch, carry_out, opened
from reading import rows_in, text_of
from scenery import there

from ledgerbridge.comparing.run import reconcile
from ledgerbridge.delivery import link_requests
from ledgerbridge.pages.works import Right
from ledgerbridge.reconciliation.facts import Period
from ledgerbridge.records import Module
from ledgerbridge.source.database import connect
from ledgerbridge.source.manifest import load_manifest
from ledgerbridge.source.reader import SourceReader
from ledgerbridge.source.writer import SourceWriter
from sandbox.grounds import Firm, Grounds, customer
from sandbox.sagsbog import SYSTEM

pytestmark = pytest.mark.spec("LK-3")

THERE = [
    there(
        501,
        "Nordlys Revision A/S",
        cvr="13585628",
        address="Skovvej 7\nBaghuset\n2. sal\nPort C",
        zip="8000",
        city="Aarhus C",
        phone="86 12 34 56",
        email="post@nordlys.example",
    ),
    there(502, "Hamburg Bau GmbH", country="Tyskland", currency="EUR"),
    there(503, "Ene Bjerg I/S"),
]


@pytest.fixture
def firm(grounds: Grounds) -> Firm:
    """Three customers in the accounts, and one in the time system that is the first of them."""
    firm = grounds.workshop(there=THERE)
    firm.source(
        "INSERT INTO kunde (nummer, navn, telefon, email, cvr)"
        " VALUES ('11', 'Nordlys Revision', '1', 'a@b.dk', '13585628')"
    )
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    return firm


@pytest.fixture
def porch(firm: Firm) -> Iterator[Porch]:
    with opened(firm) as served:
        yield served


def _ask(porch: Porch, firm: Firm, action: str, tab: str, right: Right = Right.ACT, **form: Any) -> str:
    with porch.client(right) as http:
        answer = http.post(f"/{firm.name}/customers", data={"action": action, "tab": tab, **form})
        if answer.status_code != 303:
            return str(answer.status_code)
        carry_out(firm)
        return text_of(http.get(answer.headers["location"]).text)


def _customers(firm: Firm) -> list[tuple[Any, ...]]:
    return firm.source("SELECT nummer, navn, land, valuta, regnskab_nr FROM kunde ORDER BY nummer")


def _named_there(firm: Firm, name: str, target_number: str) -> None:
    """A row that names a number, and that no trigger tells of."""
    firm.source(
        "SET ledgerbridge.writing = 'on'; INSERT INTO kunde (nummer, navn, regnskab_nr) VALUES ('12', %s, %s)",
        name,
        target_number,
    )


def _links(firm: Firm) -> dict[str, str]:
    return dict(
        firm.ours("SELECT source_id, target_id FROM link JOIN record USING (record_id) WHERE link.module = 'customers'")
    )


def test_the_targets_data_are_laid_over_the_sources(porch: Porch, firm: Firm) -> None:
    _ask(porch, firm, "look", "one")
    told = _ask(
        porch, firm, "link_from_target", "one", row="501", **{"chosen 501": "11", "shown 501": "Nordlys Revision A/S"}
    )
    assert "(Nordlys Revision) is linked to 501" in told, told
    assert firm.source("SELECT navn, adresse, postnummer, bynavn, land, telefon, email, regnskab_nr FROM kunde") == [
        (
            "Nordlys Revision A/S",
            "Skovvej 7\nBaghuset\n2. sal Port C",
            "8000",
            "Aarhus C",
            "DK",
            "86 12 34 56",
            "post@nordlys.example",
            "501",
        )
    ]
    firm.control.mark(firm.agreement)
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    assert firm.states(Module.CUSTOMERS) == {"1": "unchanged"}
    assert firm.writes() == {}, "what comes from there is not sent there"
    assert ("linked", "Vibeke") in firm.ours("SELECT event, actor FROM history")
    theirs = {item["customerNumber"]: item for item in firm.ledger()["customers"]}[501]
    assert theirs["name"] == "Nordlys Revision A/S"
    assert theirs["telephoneAndFaxNumber"] == "86 12 34 56"


def test_what_is_empty_in_the_accounts_overwrites_nothing(porch: Porch, firm: Firm) -> None:
    _ask(porch, firm, "link_from_target", "unlinked", row="11", **{"typed 11": "503", "shown 503": "Ene Bjerg I/S"})
    assert firm.source("SELECT navn, telefon, email, cvr, regnskab_nr FROM kunde") == [
        ("Ene Bjerg I/S", "1", "a@b.dk", "13585628", "503")
    ]


def test_a_link_that_is_there_can_still_take_the_targets_data(porch: Porch, firm: Firm) -> None:
    _ask(porch, firm, "link", "one", row="501", **{"chosen 501": "11"})
    assert firm.source("SELECT navn, telefon FROM kunde") == [("Nordlys Revision", "1")]
    _ask(porch, firm, "link_from_target", "unlinked", row="11", **{"typed 11": "501"})
    assert firm.source("SELECT navn, telefon FROM kunde") == [("Nordlys Revision A/S", "86 12 34 56")]
    assert _links(firm) == {"1": "501"}


def test_customers_are_made_in_the_source_in_bulk(porch: Porch, firm: Firm) -> None:
    _ask(porch, firm, "look", "none")
    shown = {"shown 502": "Hamburg Bau GmbH", "shown 503": "Ene Bjerg I/S"}
    told = _ask(porch, firm, "create_in_source", "none", row=["502", "503"], **shown)
    assert "Customer 502 (Hamburg Bau GmbH) is now in the time system and linked" in told
    assert _customers(firm)[1:] == [
        ("502", "Hamburg Bau GmbH", "DE", "EUR", "502"),
        ("503", "Ene Bjerg I/S", "DK", "DKK", "503"),
    ]
    before = firm.ledger()["customers"]
    firm.control.mark(firm.agreement)
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    assert firm.writes() == {}, "what comes from there is not sent there"
    assert firm.ledger()["customers"] == before
    assert set(firm.states(Module.CUSTOMERS).values()) == {"waiting", "unchanged"}
    with porch.client(Right.ACT) as http:
        assert rows_in(http.get(f"/{firm.name}/customers?tab=none").text) == []
    # Made anew by the same wish: the one that is there is taken.
    assert "already linked" in _ask(porch, firm, "create_in_source", "none", row="502")
    assert len(_customers(firm)) == 3


def test_what_was_cut_off_after_the_source_had_it_goes_on(porch: Porch, firm: Firm) -> None:
    """The customer was made there; our own database lost the link."""
    with firm.company.workplace() as workplace, workplace.desk() as desk:
        link_requests.create_in_source(desk, "503")
    firm.ours("DELETE FROM link; DELETE FROM transfer WHERE source_id <> '1'")
    told = _ask(porch, firm, "create_in_source", "none", row="503")
    assert "Customer 503 (Ene Bjerg I/S) is now in the time system and linked" in told
    assert len(_customers(firm)) == 2
    assert list(_links(firm).values()) == ["503"]


@pytest.mark.parametrize(
    ("country", "code"), [("Deutschland", "DE"), ("Holland", "NL"), ("england", "GB"), ("SE", "SE")]
)
def test_a_country_is_taken_over_as_its_code(grounds: Grounds, country: str, code: str) -> None:
    firm = grounds.workshop(there=[there(601, "Ausland GmbH", country=country, currency="EUR")])
    with opened(firm) as porch:
        _ask(porch, firm, "create_in_source", "none", row="601")
    assert _customers(firm) == [("601", "Ausland GmbH", code, "EUR", "601")]


def test_a_country_that_nobody_knows_is_not_made_danish(grounds: Grounds) -> None:
    """Left out, the source's own DK would go over it in the accounts with the next run."""
    firm = grounds.workshop(there=[there(601, "Ausland GmbH", country="Elbonien", currency="EUR")])
    firm.source("INSERT INTO kunde (nummer, navn) VALUES ('11', 'Ausland')")
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    with opened(firm) as porch:
        for form in (
            {"action": "create_in_source", "tab": "none", "row": "601"},
            {"action": "link_from_target", "tab": "unlinked", "row": "11", "typed 11": "601"},
        ):
            told = _ask(porch, firm, form.pop("action"), form.pop("tab"), **form)
            assert "has the country “Elbonien” in the accounts, which is not known" in told
    assert _customers(firm) == [("11", "Ausland", "DK", "DKK", None)]
    assert _links(firm) == {}


def test_data_are_taken_over_with_the_link_or_not_at_all(porch: Porch, firm: Firm) -> None:
    """Another row names the number: the link is refused there, and what the customer is called stays."""
    _named_there(firm, "Ny", "501")
    told = _ask(porch, firm, "link_from_target", "one", row="501", **{"chosen 501": "11"})
    assert "does not take the customer's data" in told
    assert firm.source("SELECT navn, telefon, regnskab_nr FROM kunde WHERE nummer = '11'") == [
        ("Nordlys Revision", "1", None)
    ]
    assert _links(firm) == {}


@pytest.mark.spec("LK-7")
def test_a_row_that_names_a_number_which_is_another_companys_now_is_not_taken(porch: Porch, firm: Firm) -> None:
    _named_there(firm, "Gammel A/S", "503")
    told = _ask(porch, firm, "create_in_source", "none", row="503", **{"shown 503": "Ene Bjerg I/S"})
    assert "already names 503 as its number in the accounts, but there 503 is Ene Bjerg I/S now" in told
    assert _links(firm) == {}
    assert len(_customers(firm)) == 2


@pytest.mark.spec("CT-21")
def test_what_is_written_there_comes_back_as_no_change(firm: Firm) -> None:
    manifest = load_manifest(SYSTEM)
    with closing(connect(firm.company.source_owner_dsn)) as owner:
        writer = SourceWriter(owner, manifest)
        before = firm.source("SELECT count(*) FROM ledgerbridge.change")
        made = writer.create_customer("900", "900", {"name": "Ny"})
        writer.take_over(made, "900", {"name": "Nyere"})
        writer.write_link(made, None)
    assert firm.source("SELECT count(*) FROM ledgerbridge.change") == before
    firm.source("UPDATE kunde SET navn = 'Nyest' WHERE nummer = '900'")
    assert firm.source("SELECT count(*) FROM ledgerbridge.change") != before, "are changes recorded at all?"


def test_a_number_that_is_somebody_elses_in_the_source_is_told(porch: Porch, firm: Firm) -> None:
    firm.source("INSERT INTO kunde (nummer, navn) VALUES ('503', 'En helt anden')")
    told = _ask(porch, firm, "create_in_source", "none", row="503")
    assert "already has another customer with the number 503; nothing was created" in told
    assert _links(firm) == {}
    assert _customers(firm)[1] == ("503", "En helt anden", "DK", "DKK", None)


def test_a_number_that_is_another_company_by_now_is_not_made(porch: Porch, firm: Firm) -> None:
    told = _ask(porch, firm, "create_in_source", "none", row="503", **{"shown 503": "Skagen Net ApS"})
    assert "503" in told
    assert len(_customers(firm)) == 1


def test_data_that_the_source_refuses_change_nothing(porch: Porch, firm: Firm) -> None:
    firm.source("ALTER TABLE kunde ADD CHECK (length(bynavn) < 4)")
    told = _ask(porch, firm, "link_from_target", "one", row="501", **{"chosen 501": "11"})
    assert "does not take the customer's data" in told
    assert _links(firm) == {}
    assert firm.source("SELECT navn, regnskab_nr FROM kunde") == [("Nordlys Revision", None)]


@pytest.mark.spec("CT-3")
def test_clienttime_offers_neither(grounds: Grounds) -> None:
    firm = grounds.firm([customer(11, name="Nordlys Revision", cvr="13585628")], there=THERE)
    with opened(firm) as porch, porch.client(Right.ACT) as http:
        _ask(porch, firm, "look", "one")
        for tab in ("one", "none", "unlinked"):
            page = http.get(f"/{firm.name}/customers?tab={tab}").text
            assert "link_from_target" not in page
            assert "create_in_source" not in page
        assert _ask(porch, firm, "link_from_target", "one", row="501", **{"chosen 501": "11"}) == "404"
        assert _ask(porch, firm, "create_in_source", "none", row="503") == "404"
    assert firm.ours("SELECT kind FROM intent") == [("look",)]


@pytest.mark.spec("P20", "CT-3")
def test_the_role_may_write_no_more_than_that(firm: Firm) -> None:
    """By a login that has the role and nothing else, as in a deployment."""
    password = secrets.token_hex(8)
    login = f"case_{password[:6]}"
    firm.source(f"CREATE ROLE {login} LOGIN PASSWORD '{password}' IN ROLE ledgerbridge")
    try:
        with closing(connect(firm.company.source_owner_dsn, user=login, password=password)) as limited:
            manifest = load_manifest(SYSTEM)
            writer, reader = SourceWriter(limited, manifest), SourceReader(limited, manifest)
            made = writer.create_customer("900", "900", {"name": "Ny", "city": "Aarhus"})
            assert writer.create_customer("900", "900", {"name": "Ny"}) == made
            writer.take_over(made, "901", {"name": "Nyere"})
            (found,) = reader.customers([made])
            assert (found.name, found.city, found.target_number) == ("Nyere", "Aarhus", "901")
            for statement in ("DELETE FROM kunde", "UPDATE faktura SET netto = 0", "UPDATE kunde SET nummer = 'x'"):
                with pytest.raises(psycopg2.errors.InsufficientPrivilege), limited.cursor() as cursor:
                    cursor.execute(statement)
    finally:
        firm.source(f"DROP ROLE {login}")


def test_the_case_book_is_a_source_like_any_other(firm: Firm) -> None:
    """From an approved invoice to the ledger and back, by SQL and a manifest alone."""
    firm.source("UPDATE kunde SET navn = 'Skagen Net ApS', cvr = NULL")
    firm.ours("UPDATE preflight SET resolved = resolved || '{\"customers_at_start\": 0}'")
    firm.source(
        "INSERT INTO faktura (nummer, kunde_id, dato, forfald, netto, moms, godkendt)"
        " VALUES ('F1', 1, '2026-03-02', '2026-03-16', 1234.50, 308.63, now())"
    )
    firm.source(
        "INSERT INTO fakturalinje (faktura_id, nr, tekst, antal, pris, netto)"
        " VALUES (1, 1, 'Drejning', 2.5, 493.80, 1234.50), (1, 2, 'Efter tegning', NULL, NULL, NULL)"
    )
    for module in Module:
        firm.company.deliver(module)
    (booked,) = firm.ledger()["booked"]
    assert firm.source("SELECT regnskab_nr, regnskab_netto, regnskab_ialt - netto - moms FROM faktura") == [
        (str(booked["bookedInvoiceNumber"]), booked["netAmount"], 0)
    ]
    with firm.company.workplace("reconciliation/1") as workplace:
        compared = reconcile(workplace, Period(None, None))
    assert compared.invoices.agrees
