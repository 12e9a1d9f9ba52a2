"""Every rule for customers, in both directions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from sample_records import customer, integration, validate

from ledgerbridge.reasons import Language
from ledgerbridge.records import Customer, Module
from ledgerbridge.validation import Checked

OPTIONAL = ("address_line_1", "zip", "city", "country", "phone", "email", "cvr_number", "gln")

GOOD: dict[str, dict[str, Any]] = {
    "everything given": {},
    "only what is required": dict.fromkeys(
        ("address_line_1", "zip", "city", "country", "phone", "email", "cvr_number", "gln")
    ),
    "blank is not given": {"email": " ", "gln": "", "cvr_number": "  ", "country": "", "phone": " "},
    "smallest number": {"customer_number": "1"},
    "largest number": {"customer_number": "999999999"},
    "VAT number with prefix": {"cvr_number": "DK 13 74 81 36"},
    "a foreign VAT number is not Danish": {"country": "SE", "cvr_number": "SE556677889901"},
    "several addresses": {"email": "a@nordlys.example b@nordlys.example"},
    "a domain with Danish letters": {"email": "kontakt@rødgrød.example"},
    "e-mail of 255": {"email": "a" * 247 + "@lys.dk" + "k"},
    "name of 255": {"name": "n" * 255},
    "address of 510 in all": {"address_line_1": "a" * 254, "address_line_2": "b" * 255},
    "city of 50": {"city": "b" * 50},
    "zip of 30": {"zip": "1" * 30},
    "phone of 255": {"phone": "1" * 255},
    "Greenland": {"country": "GL"},
    "Kosovo": {"country": "XK"},
    "euro": {"currency": "EUR"},
}

REJECTED: dict[str, tuple[dict[str, Any], str]] = {
    "no number": ({"customer_number": " "}, "customer_number_missing"),
    "letters": ({"customer_number": "K1001"}, "customer_number_not_allowed"),
    "leading zero": ({"customer_number": "0123"}, "customer_number_not_allowed"),
    "zero": ({"customer_number": "0"}, "customer_number_not_allowed"),
    "negative": ({"customer_number": "-5"}, "customer_number_not_allowed"),
    "ten digits": ({"customer_number": "1000000000"}, "customer_number_not_allowed"),
    "decimals": ({"customer_number": "12.0"}, "customer_number_not_allowed"),
    "blank before": ({"customer_number": " 12"}, "customer_number_not_allowed"),
    "line break after": ({"customer_number": "12\n"}, "customer_number_not_allowed"),
    "digits of another script": ({"customer_number": "١٢٣"}, "customer_number_not_allowed"),
    "no name": ({"name": "  "}, "customer_name_missing"),
    "GLN too short": ({"gln": "579800981157"}, "gln_invalid"),
    "GLN with wrong check digit": ({"gln": "1234567890123"}, "gln_invalid"),
    "GLN with blanks": ({"gln": "57 98009 811578"}, "gln_invalid"),
    "EAN-8": ({"gln": "73513537"}, "gln_invalid"),
    "CVR of 41": ({"cvr_number": "1" * 41, "country": "US"}, "cvr_number_too_long"),
    "no at sign": ({"email": "nordlys.example"}, "email_invalid"),
    "no domain": ({"email": "a@localhost"}, "email_invalid"),
    "semicolon": ({"email": "a@b.example; c@d.example"}, "email_invalid"),
    "two at signs": ({"email": "a@b@c.example"}, "email_invalid"),
    "e-mail of 256": ({"email": "a" * 249 + "@lys.dk"}, "email_too_long"),
    "small letters": ({"currency": "dkk"}, "currency_invalid"),
    "no currency": ({"currency": ""}, "currency_invalid"),
    "currency in words": ({"currency": "Kroner"}, "currency_invalid"),
    "country in words": ({"country": "Danmark"}, "country_unknown"),
    "no such country": ({"country": "QQ"}, "country_unknown"),
    "a union is no country": ({"country": "EU"}, "country_unknown"),
    "zip of 31": ({"zip": "1" * 31}, "zip_too_long"),
    "phone of 256": ({"phone": "1" * 256}, "phone_too_long"),
}

WARNED: dict[str, tuple[dict[str, Any], str]] = {
    "CVR fails modulus 11": ({"cvr_number": "35254119"}, "cvr_number_invalid"),
    "CVR fails, country not told": ({"cvr_number": "12345678", "country": None}, "cvr_number_invalid"),
    "name of 256": ({"name": "n" * 256}, "name_will_be_cut"),
    "address of 511": ({"address_line_1": "a" * 255, "address_line_2": "b" * 255}, "address_will_be_cut"),
    "city of 51": ({"city": "b" * 51}, "city_will_be_cut"),
}


def check(*customers: Customer, **options: Any) -> tuple[Checked, ...]:
    return validate(Module.CUSTOMERS, customers, integration(), **options).checked


def numbered(cases: Iterable[dict[str, Any]]) -> list[Customer]:
    """A customer per case, each with a number of its own."""
    return [customer(**({"customer_number": str(2000 + row)} | changes)) for row, changes in enumerate(cases)]


def test_good_customers_pass_without_a_word() -> None:
    told = dict(zip(GOOD, check(*numbered(GOOD.values())), strict=True))
    assert {name: entry for name, entry in told.items() if entry.reasons or entry.warnings} == {}


@pytest.mark.spec("CT-5", "X-9")
def test_each_broken_rule_rejects_with_its_own_reason() -> None:
    cases = [
        customer(**({"customer_number": str(2000 + row)} | changes))
        for row, (changes, _) in enumerate(REJECTED.values())
    ]
    told = {
        name: [reason.code for reason in entry.reasons] for name, entry in zip(REJECTED, check(*cases), strict=True)
    }
    assert told == {name: [code] for name, (_, code) in REJECTED.items()}


def test_what_is_only_told_does_not_stop_the_customer() -> None:
    checked = check(*numbered(changes for changes, _ in WARNED.values()))
    assert all(entry.passed for entry in checked)
    told = {name: [reason.code for reason in entry.warnings] for name, entry in zip(WARNED, checked, strict=True)}
    assert told == {name: [code] for name, (_, code) in WARNED.items()}


@pytest.mark.spec("CT-5")
def test_a_refused_number_is_named_with_the_rule() -> None:
    (entry,) = check(customer(customer_number="K-17"))
    assert entry.main_reason is not None
    for language in Language:
        sentence = entry.main_reason.sentence(language)
        assert "K-17" in sentence
        assert "999999999" in sentence


@pytest.mark.spec("CT-5")
@pytest.mark.parametrize("number", ["K-17", "", "0042"])
def test_the_rule_for_numbers_passes_over_linked_customers(number: str) -> None:
    (entry,) = check(customer(customer_number=number), linked={"c1": "4711"})
    assert entry.passed


def test_a_number_that_two_new_customers_have_creates_neither() -> None:
    twins = (customer(source_id="a"), customer(source_id="b"))
    assert [[reason.code for reason in entry.reasons] for entry in check(*twins)] == [["customer_number_twice"]] * 2
    assert all(entry.passed for entry in check(*twins, linked={"a": "1001"}))


def test_all_reasons_are_told_and_the_number_comes_first() -> None:
    (entry,) = check(customer(email="x", gln="1", name="", customer_number="X", cvr_number="1"))
    codes = [reason.code for reason in entry.reasons]
    assert codes == ["customer_number_not_allowed", "customer_name_missing", "gln_invalid", "email_invalid"]
    assert entry.main_reason is entry.reasons[0]
    assert [reason.code for reason in entry.warnings] == ["cvr_number_invalid"]


def test_real_cvr_numbers_are_not_remarked_on() -> None:
    numbers = [
        *("13748136", "13585628", "10150817", "24256790", "34093083", "25313763"),
        *("10403782", "31119103", "37994006", "88146328", "10000130", "10000270"),
    ]
    checked = check(*numbered({"cvr_number": number} for number in numbers))
    assert [entry.warnings for entry in checked] == [()] * len(numbers)


def test_real_glns_pass() -> None:
    numbers = ["5798009811578", "5790000000005", "5798000416642", "5790001330552", "5790000435975"]
    assert all(entry.passed for entry in check(*numbered({"gln": number} for number in numbers)))


def test_a_long_value_is_shown_in_part() -> None:
    (entry,) = check(customer(name="Nord " * 100))
    (warning,) = entry.warnings
    assert len(warning.values["name"]) <= 80
    assert warning.values["limit"] == "255"
