"""The FIK payment line, against the published vectors (danish-invoicing, section 1.3)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from ledgerbridge.errors import Rejection
from ledgerbridge.payment_line import (
    CardType,
    creditor_warning,
    from_account_and_invoice_number,
    from_invoice_number,
    payment_line,
)
from ledgerbridge.reasons import Language

CREDITOR = "81234567"


@pytest.mark.spec("CT-8")
@pytest.mark.parametrize("account", ["00404040", "404040"])
@pytest.mark.parametrize("number", ["000066", "66"])
def test_the_published_example(account: str, number: str) -> None:
    assert str(from_account_and_invoice_number(account, number, "12345678")) == "+71<004040400000669+12345678<"


@pytest.mark.spec("CT-8")
@pytest.mark.parametrize(
    ("number", "payment_id"),
    [
        ("1", "000000000000018"),
        ("2", "000000000000026"),
        ("12345", "000000000123455"),
        ("10001", "000000000100016"),
        ("20240001", "000000202400016"),
        ("00404040000066", "004040400000669"),
    ],
)
def test_ids_of_card_type_71(number: str, payment_id: str) -> None:
    assert from_invoice_number(number, CREDITOR).payment_id == payment_id
    assert payment_line(number, CREDITOR) == f"+71<{payment_id}+{CREDITOR}<"


@pytest.mark.spec("CT-8")
@pytest.mark.parametrize(("number", "payment_id"), [("10001", "0000000000100016"), ("20240001", "0000000202400016")])
def test_ids_of_card_type_75(number: str, payment_id: str) -> None:
    assert payment_line(number, CREDITOR, CardType.FI_75) == f"+75<{payment_id}+{CREDITOR}<"


@given(number=st.integers(1, 10**14 - 1), card_type=st.sampled_from(CardType))
def test_an_id_has_its_length_its_check_digit_and_its_number(number: int, card_type: CardType) -> None:
    made = from_invoice_number(str(number), CREDITOR, card_type)
    assert len(made.payment_id) == card_type.digits
    assert luhn.is_valid(made.payment_id)
    assert int(made.payment_id[:-1]) == number


@given(
    first=st.tuples(st.integers(1, 10**8 - 1), st.integers(1, 10**6 - 1)),
    second=st.tuples(st.integers(1, 10**8 - 1), st.integers(1, 10**6 - 1)),
)
def test_two_invoices_never_share_an_id(first: tuple[int, int], second: tuple[int, int]) -> None:
    ids = [
        from_account_and_invoice_number(str(account), str(number), CREDITOR).payment_id
        for account, number in (first, second)
    ]
    assert (ids[0] == ids[1]) == (first == second)


@pytest.mark.parametrize("number", ["", "F17", "0", "000", "12 3", "-1", "١٢", "1.5", "1N"])
def test_only_digits_make_an_id(number: str) -> None:
    with pytest.raises(Rejection) as caught:
        from_invoice_number(number, CREDITOR)
    assert caught.value.reason.code == "payment_number_not_digits"


@pytest.mark.parametrize(("account", "number", "told"), [("123456789", "1", "123456789"), ("1", "1234567", "1234567")])
def test_what_does_not_fit_is_refused_and_never_cut(account: str, number: str, told: str) -> None:
    with pytest.raises(Rejection) as caught:
        from_account_and_invoice_number(account, number, CREDITOR)
    assert caught.value.reason.code == "payment_id_too_long"
    assert told in caught.value.reason.text(Language.DANISH)


def test_a_number_of_fifteen_digits_fits_75_only() -> None:
    assert from_invoice_number("1" * 15, CREDITOR, CardType.FI_75).payment_id.startswith("1" * 15)
    with pytest.raises(Rejection) as caught:
        from_invoice_number("1" * 15, CREDITOR)
    assert caught.value.reason.values["limit"] == "14"


@pytest.mark.parametrize("creditor", ["", "8123456", "812345678", "8123456a"])
def test_a_creditor_number_is_eight_digits(creditor: str) -> None:
    with pytest.raises(Rejection) as caught:
        from_invoice_number("1", creditor)
    assert caught.value.reason.code == "payment_creditor_invalid"


@pytest.mark.spec("CT-8")
def test_a_creditor_number_that_does_not_begin_with_8_is_warned_of() -> None:
    warning = creditor_warning("12345678")
    assert warning is not None
    for language in Language:
        assert "12345678" in warning.sentence(language)
    assert creditor_warning(CREDITOR) is None


@pytest.mark.parametrize("digits", [0, 14, 20])
def test_widths_that_leave_no_room_are_a_fault(digits: int) -> None:
    with pytest.raises(ValueError, match="room"):
        from_account_and_invoice_number("1", "1", CREDITOR, account_digits=digits)


@pytest.mark.spec("X-6")
def test_every_text_is_filled_in_both_languages() -> None:
    raised = []
    for arguments in (("x", CREDITOR), ("1" * 15, CREDITOR), ("1", "1")):
        with pytest.raises(Rejection) as caught:
            from_invoice_number(*arguments)
        raised.append(caught.value.reason)
    for reason in raised:
        for language in Language:
            assert "?" not in reason.sentence(language)
            assert "{" not in reason.sentence(language)
