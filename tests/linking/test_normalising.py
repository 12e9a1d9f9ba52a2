"""Names, phones and CVR numbers: what is one, and what is not (LK-1)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgerbridge.linking.cvr import normalise_cvr
from ledgerbridge.linking.names import compact, normalise_name
from ledgerbridge.linking.phones import normalise_phones


@pytest.mark.spec("LK-1")
@pytest.mark.parametrize(
    "names",
    [
        (
            "Nordlys A/S",
            "nordlys",
            "NORDLYS  ApS",
            "Nordlys A.S.",
            "Nord Lys, as",
            "Nordlys Aktieselskab",
            "A/S Nordlys",
        ),
        ("Hansen & Søn I/S", "Hansen og Soen", "HANSEN AND SØN", "Hansen + Søn i.s."),
        ("Ærø Færgen", "Aeroe Faergen", "ÆRØ FÆRGEN P/S"),
        ("Åse Ångström", "Aase Aangstrøm", "AASE ÅNGSTRÖM"),
        ("Hansen VVS v/Ole Hansen", "Hansen VVS", "Hansen V.V.S"),
        ("O'Neill Consult", "ONeill Consult", "O’Neill-Consult"),
        ("Café Pelé", "Cafe Pele", "Cafe\u0301 Pele\u0301"),
        ("Müller GmbH", "Müller", "MYLLER"),
        ("Brugsen a.m.b.a.", "Brugsen AMBA", "Brugsen"),
        ("Ｎｏｒｄｌｙｓ", "Nordlys"),
    ],
)
def test_writings_of_one_name(names: tuple[str, ...]) -> None:
    assert len({compact(normalise_name(name)) for name in names}) == 1


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Paradis Is", "Paradis"),
        ("Nordlys Holding ApS", "Nordlys ApS"),
        ("Jensen 1 ApS", "Jensen 2 ApS"),
        ("Gas og Vand", "Gas Vand"),
        ("Kas Byg", "K/S Byg"),
        ("Asp", "Esp ApS"),
        ("Aps Design Studio K/S", "A/S"),
    ],
)
def test_names_that_differ(left: str, right: str) -> None:
    assert compact(normalise_name(left)) != compact(normalise_name(right))


@pytest.mark.parametrize("name", ["A/S", "ApS", "v/Ole", "I/S", "& Co"])
def test_a_name_of_nothing_else_keeps_it(name: str) -> None:
    assert normalise_name(name)


@pytest.mark.parametrize("name", [None, "", "  ", "–", "."])
def test_nothing_to_compare(name: str | None) -> None:
    assert normalise_name(name) == ""


@given(st.text(max_size=60))
def test_normalising_is_steady_and_never_fails(name: str) -> None:
    normalised = normalise_name(name)
    assert normalised == " ".join(normalised.split())
    assert compact(normalise_name(f"  {name} ")) == compact(normalised)


@given(st.text(alphabet="abcdefghijklmnoprtuvyæøåABCDEFGHÆØÅ ", min_size=4, max_size=40).filter(str.strip))
def test_case_and_blanks_never_matter(name: str) -> None:
    key = compact(normalise_name(name + "xyz"))
    assert compact(normalise_name(name.upper() + "XYZ")) == key
    assert compact(normalise_name(f"{name}xyz  A/S")) == key


@pytest.mark.spec("LK-1")
@pytest.mark.parametrize(
    "text",
    [
        "86123456",
        "+45 86 12 34 56",
        "0045 86123456",
        "(+45) 86 12-34-56",
        "86.12.34.56",
        "tlf. 86 12 34 56",
        "+4586123456",
    ],
)
def test_writings_of_one_phone(text: str) -> None:
    assert normalise_phones(text) == ("+4586123456",)


@pytest.mark.parametrize(
    ("text", "country", "numbers"),
    [
        ("86123456 / 86123457", None, ("+4586123456", "+4586123457")),
        ("tlf 86123456 fax 86123457", None, ("+4586123456", "+4586123457")),
        ("86123456; 86123456", None, ("+4586123456",)),
        ("08-123 456 78", "SE", ("+46812345678",)),
        ("+46 8 123 456 78", "DK", ("+46812345678",)),
        ("86123456", "QQ", ("+4586123456",)),
        ("00000000", None, ()),
        ("11111111", None, ()),
        ("lokal 12", None, ()),
        ("ingen", None, ()),
        (None, None, ()),
        (" ", None, ()),
    ],
)
def test_phones(text: str | None, country: str | None, numbers: tuple[str, ...]) -> None:
    assert normalise_phones(text, country) == numbers


@given(text=st.text(max_size=60), country=st.none() | st.text(max_size=3))
def test_no_text_breaks_the_phones(text: str, country: str | None) -> None:
    assert all(number.startswith("+") for number in normalise_phones(text, country))


@pytest.mark.spec("LK-1")
@pytest.mark.parametrize(
    "text",
    [
        "13748136",
        "13 74 81 36",
        "DK13748136",
        "dk-13.74.81.36",
        "CVR-nr. 13748136",
        "CVR: DK 13748136",
        "SE-nr. 13748136",
    ],
)
def test_writings_of_one_cvr_number(text: str) -> None:
    assert normalise_cvr(text) == "13748136"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("SE556677889901", "556677889901"),
        ("SE13748136", "13748136"),
        ("ATU12345678", "U12345678"),
        ("35254119", "35254119"),
        ("00000000", None),
        ("123", None),
        ("ukendt", None),
        ("", None),
        (None, None),
    ],
)
def test_cvr_numbers(text: str | None, number: str | None) -> None:
    assert normalise_cvr(text) == number


@given(st.text(max_size=40))
def test_no_text_breaks_the_cvr_number(text: str) -> None:
    number = normalise_cvr(text)
    assert number is None or number.isalnum()
