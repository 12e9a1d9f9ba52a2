"""What each form of an answer means, for reads and for writes (uniconta section 5.4; P2, P5 to P7)."""

from __future__ import annotations

import pytest

from ledgerbridge.errors import InDoubt, LedgerbridgeError, NeedsGrant, NumberTaken, Refusal, Rejection, TryAgain
from ledgerbridge.reasons import Language
from ledgerbridge.target.contract import Request
from ledgerbridge.target.http import RawAnswer
from ledgerbridge.target.uniconta.answers import Gone, TokenRefused, read_answer

WRITE = Request("POST", "/Crud/Insert/DebtorOrderClient", "{}")


def _raw(status: int, body: str = "", **headers: str) -> RawAnswer:
    return RawAnswer(status, {name.replace("_", "-"): value for name, value in headers.items()}, body.encode())


OF_A_WRITE: dict[str, tuple[RawAnswer, type[LedgerbridgeError]]] = {
    "a JSON string with a text": (_raw(400, '"The value in field is invalid"'), Rejection),
    "the same without quotes": (_raw(400, "The value in field is invalid"), Rejection),
    "a name": (_raw(400, '"ItemIsOnHold"'), Rejection),
    "a text that nobody knows": (_raw(400, '"Something new"'), Rejection),
    "a taken key": (_raw(400, '"A key with the name already exists"'), NumberTaken),
    "gone": (_raw(400, '"The record does not exist"'), Gone),
    "success that is none": (_raw(200, "ArgumentMissing"), Refusal),
    "success with a text that nobody knows": (_raw(200, "Tak for sidst"), InDoubt),
    "an error in an object": (_raw(200, '{"Err":97,"ErrorProperty":"Item","ErrorValue":"1000"}'), Rejection),
    "one by its name": (_raw(200, '{"Err":"DebtorIsStopped"}'), Rejection),
    "one that is newer than we are": (_raw(200, '{"Err":4711}'), Rejection),
    "one that is no number": (_raw(200, '{"Err":"many"}'), InDoubt),
    "an order that is gone": (_raw(200, '{"Err":18,"ErrorProperty":"OrderNumber","ErrorValue":"7"}'), Gone),
    "something that it refers to is gone": (_raw(200, '{"Err":18,"ErrorProperty":"Item","ErrorValue":"x"}'), Rejection),
    "a fault of theirs": (_raw(200, '{"Err":3}'), InDoubt),
    "their database": (_raw(400, '"SQLException"'), InDoubt),
    "too much": (_raw(400, '"SlowDown"'), TryAgain),
    "too much, as success": (_raw(200, "SlowDown"), TryAgain),
    "too much for today": (_raw(400, '"ToManyCreatesInOneDay"'), TryAgain),
    "429": (_raw(429), TryAgain),
    "blocked": (_raw(400, '"UserIsBlocked"'), NeedsGrant),
    "no company": (_raw(200, '"NoCompanyId"'), NeedsGrant),
    "a right": (_raw(400, '"Insufficient rights to create"'), Refusal),
    "403": (_raw(403, "No."), Refusal),
    "a page for people": (_raw(200, "<html>Hello</html>"), InDoubt),
    "500": (_raw(500, "Internal Server Error"), InDoubt),
    "502": (_raw(502, "<html/>"), InDoubt),
    "408": (_raw(408), InDoubt),
    "busy": (_raw(503, '"ServerIsBusy"'), TryAgain),
}


@pytest.mark.parametrize("form", OF_A_WRITE)
@pytest.mark.spec("P2", "P5", "P6", "P7", "X-6")
def test_of_a_write(form: str) -> None:
    raw, kind = OF_A_WRITE[form]
    with pytest.raises(LedgerbridgeError) as raised:
        read_answer(WRITE, raw, is_write=True)
    assert type(raised.value) is kind or (kind is Rejection and isinstance(raised.value, Rejection))
    assert isinstance(raised.value, NumberTaken | Gone) == (kind in {NumberTaken, Gone})
    for language in Language:
        assert "?" not in raised.value.reason.sentence(language)


@pytest.mark.parametrize("form", [name for name, (_, kind) in OF_A_WRITE.items() if kind is InDoubt])
@pytest.mark.spec("P2")
def test_what_leaves_a_write_in_doubt_makes_a_read_try_again(form: str) -> None:
    with pytest.raises(TryAgain):
        read_answer(Request("POST", "/Query/Get/DebtorClient"), OF_A_WRITE[form][0], is_write=False)


@pytest.mark.spec("P2")
def test_an_empty_success_is_one_for_a_write_and_none_for_a_question() -> None:
    assert read_answer(WRITE, _raw(204), is_write=True) is None
    assert read_answer(WRITE, _raw(200), is_write=True) is None
    with pytest.raises(TryAgain):
        read_answer(WRITE, _raw(200), is_write=False)


@pytest.mark.spec("P6")
def test_401_is_about_the_token_alone() -> None:
    with pytest.raises(TokenRefused):
        read_answer(WRITE, _raw(401, "expired"), is_write=True)


@pytest.mark.spec("P7")
def test_how_long_to_wait_is_what_was_said() -> None:
    with pytest.raises(TryAgain) as raised:
        read_answer(WRITE, _raw(429, Retry_After="17"), is_write=True)
    assert raised.value.after_seconds == 17


def test_the_property_and_its_value_are_told() -> None:
    raw = _raw(200, '{"Err":24,"ErrorProperty":"Dimension1","ErrorValue":"NORD"}')
    with pytest.raises(Rejection) as raised:
        read_answer(WRITE, raw, is_write=True)
    assert "Dimension1 = NORD" in raised.value.reason.sentence(Language.ENGLISH)
    assert (raised.value.property_name, raised.value.value) == ("Dimension1", "NORD")  # type: ignore[attr-defined]
