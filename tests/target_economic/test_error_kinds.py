"""What each answer means, for reads and for writes; and that no secret is in any error (P6, P7, P15)."""

from __future__ import annotations

import gc
import json
import socket
import traceback
from contextlib import nullcontext
from decimal import Decimal

import pytest
from answering import GRANT, SECRET, answering, client

from ledgerbridge.errors import (
    InDoubt,
    LedgerbridgeError,
    NeedsGrant,
    NumberTaken,
    Refusal,
    Rejection,
    TryAgain,
)
from ledgerbridge.money import json_loads
from ledgerbridge.reasons import Language
from ledgerbridge.target.contract import DraftInvoice, Request
from ledgerbridge.target.economic.connection import EconomicConnection
from ledgerbridge.target.economic.problems import problems_of

WRITE = Request("POST", "/invoices/drafts", '{"a":1}')
DRAFT = DraftInvoice(1, None, "1", Decimal(0), Decimal(0), Decimal(0))
PLAIN = json.dumps({"message": "No.", "errorCode": "E00500", "httpStatusCode": 400}).encode()

# Section 2.10: keyed by property, an array, nested by line with an index, strings.
KEYED = {
    "errors": {"date": {"errors": [{"errorCode": "E04041", "errorMessage": "Closed.", "inputValue": "2024-12-17"}]}}
}
ARRAY = {
    "errors": [{"errorCode": "E06010", "errorMessage": "Taken.", "propertyName": "customerNumber", "inputValue": 7}]
}
NESTED = {
    "errors": {
        "lines": {
            "items": [
                {
                    "arrayIndex": 8,
                    "product": {"errors": [{"errorCode": "E06600", "errorMessage": "Barred.", "inputValue": "1000"}]},
                }
            ]
        }
    }
}
STRINGS = {"message": "Validation failed.", "errors": ["first thing", "second thing"]}


@pytest.mark.parametrize(
    ("status", "body", "headers", "read", "write"),
    [
        (401, PLAIN, {}, NeedsGrant, NeedsGrant),
        (403, PLAIN, {}, Refusal, Refusal),
        (429, PLAIN, {"Retry-After": "7"}, TryAgain, TryAgain),
        (400, PLAIN, {}, Rejection, Rejection),
        (409, PLAIN, {}, Rejection, Rejection),
        (404, b"<html>not here</html>", {}, TryAgain, InDoubt),
        (404, json.dumps({"httpStatusCode": 404, "message": "gone"}).encode(), {}, None, Rejection),
        (400, b'{"message": 5, "errorCode": 7, "httpStatusCode": "many"}', {}, TryAgain, InDoubt),
        (400, b'{"errors": {"customerNumber": "a list"}, "httpStatusCode": "many"}', {}, TryAgain, InDoubt),
        (400, b'{"message": null, "errors": null}', {}, Rejection, Rejection),
        (408, PLAIN, {}, TryAgain, InDoubt),
        (500, PLAIN, {}, TryAgain, InDoubt),
        (502, b"<html>Bad gateway</html>", {"Content-Type": "text/html"}, TryAgain, InDoubt),
        (503, PLAIN, {"Retry-After": "3"}, TryAgain, InDoubt),
        (302, b"", {"Location": "https://elsewhere.example/"}, TryAgain, InDoubt),
        (200, b"<html>maintenance</html>", {}, TryAgain, InDoubt),
        (201, b'{"draftInvoiceNumber": NaN}', {}, TryAgain, InDoubt),
        (200, b'{"cut": ', {}, TryAgain, InDoubt),
    ],
)
@pytest.mark.spec("P6", "P7", "P2")
def test_what_an_answer_means(
    status: int,
    body: bytes,
    headers: dict[str, str],
    read: type[LedgerbridgeError] | None,
    write: type[LedgerbridgeError],
) -> None:
    with answering(status, body, headers) as (target, seen):
        with pytest.raises(write) as of_write:
            target.send(WRITE, "key-1")
        if read is None:
            assert target.get("/self") is None
        else:
            with pytest.raises(read) as of_read:
                target.get("/self")
            assert type(of_read.value) is read or read is Rejection
        if headers.get("Retry-After") and write is TryAgain:
            assert getattr(of_write.value, "after_seconds", None) == int(headers["Retry-After"])
    # A write is sent once; only reads are repeated.
    assert [method for method, *_ in seen].count("POST") == 1


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b'{"draftInvoiceNumber": "many"}', b'{"draftInvoiceNumber": true}']
)
@pytest.mark.spec("P2")
def test_a_success_that_cannot_be_read_is_doubt(body: bytes) -> None:
    with answering(201, body) as (target, _):
        with pytest.raises(InDoubt):
            target.read_draft(target.send(WRITE, "key-2"))
        with pytest.raises(InDoubt):
            target.read_booked(target.send(WRITE, "key-2"), DRAFT, None)
        with pytest.raises(InDoubt):
            target.read_customer(target.send(WRITE, "key-2"))
        with pytest.raises(TryAgain):
            target.draft(7)


@pytest.mark.parametrize(
    ("status", "body", "is_gone"),
    [
        (200, b'{"message": "Deleted invoice.", "deletedCount": 1, "deletedItems": [{"draftInvoiceNumber": 7}]}', True),
        (204, b"", True),
        (200, b"", False),
        (200, b"{}", False),
        (200, b'{"deletedItems": []}', False),
        (200, b'{"deletedItems": [{"draftInvoiceNumber": 8}]}', False),
        (200, b'{"deletedItems": "seven"}', False),
    ],
)
@pytest.mark.spec("P2", "X-8")
def test_a_deletion_names_what_is_gone_or_is_doubt(status: int, body: bytes, is_gone: bool) -> None:
    with answering(status, body) as (target, _), nullcontext() if is_gone else pytest.raises(InDoubt):
        target.read_deletion(target.send(target.delete_draft(7), "key-3"), 7)


@pytest.mark.parametrize(
    ("document", "code", "path", "value"),
    [
        (KEYED, "E04041", "date", "2024-12-17"),
        (ARRAY, "E06010", "", "7"),
        (NESTED, "E06600", "lines[8].product", "1000"),
        (STRINGS, "", "", ""),
    ],
)
def test_the_shapes_of_error_bodies(document: object, code: str, path: str, value: str) -> None:
    first = problems_of(document)[0]
    assert (first.code, first.path, first.value) == (code, path, value)


def test_a_taken_number_and_a_barred_product_are_told_apart() -> None:
    with answering(400, json.dumps(ARRAY).encode()) as (target, _), pytest.raises(NumberTaken):
        target.send(Request("POST", "/customers", "{}"), "key-3")
    with answering(400, json.dumps(NESTED).encode()) as (target, _), pytest.raises(Rejection) as barred:
        target.send(WRITE, "key-4")
    assert barred.value.reason.code == "economic_product_barred"
    assert "1000" in barred.value.reason.text(Language.DANISH)


@pytest.mark.spec("P2")
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_request_whose_answers_header_is_nonsense_had_left_by_then() -> None:
    with answering(201, b"{}", {"Content-Length": "2, 3"}) as (target, seen):
        with pytest.raises(InDoubt) as doubt:
            target.send(WRITE, "key-1")
        assert doubt.value.reason.code == "economic_answer_unclear"
        assert len(seen) == 1
    del doubt
    gc.collect()  # urllib3 leaves the socket of such an answer to the collector, which must not find it in another test


@pytest.mark.parametrize("code", ["PayloadChanged", "URLChanged"])
def test_a_key_that_was_used_for_something_else_is_doubt(code: str) -> None:
    body = json.dumps({"errorCode": code, "message": "differs"}).encode()
    with answering(400, body) as (target, _), pytest.raises(InDoubt):
        target.send(WRITE, "key-5")


def test_nobody_listens() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    with client(EconomicConnection(SECRET, GRANT, url=url)) as target:
        with pytest.raises(TryAgain):
            target.send(WRITE, "key-6")
        with pytest.raises(TryAgain):
            target.probe()


@pytest.mark.parametrize("token", ["line\nbreak-canary", "smart “canary”", " leading-canary"])
@pytest.mark.spec("P15")
def test_a_token_that_no_header_can_hold_never_leaves_and_is_never_shown(token: str) -> None:
    connection = EconomicConnection(token, GRANT, url="http://127.0.0.1:9")
    with client(connection) as target, pytest.raises(TryAgain) as raised:
        target.send(WRITE, "key-7")
    told = "".join(traceback.format_exception(raised.value))
    assert "canary" not in told


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 429, 500])
@pytest.mark.spec("P15")
def test_no_error_shows_a_token(status: int) -> None:
    with answering(status, b"<html></html>") as (target, seen), pytest.raises(LedgerbridgeError) as raised:
        target.send(WRITE, "key-8")
    headers = seen[0][2]
    assert headers["X-AppSecretToken"] == SECRET
    told = "".join(traceback.format_exception(raised.value)) + repr(raised.value) + repr(target)
    assert SECRET not in told
    assert GRANT not in told
    assert SECRET not in repr(EconomicConnection(SECRET, GRANT))


@pytest.mark.spec("CT-19", "P12")
def test_the_bytes_are_the_payloads_and_decimals_stay_decimals() -> None:
    body = '{"price":0.10,"text":"æøå – “x”"}'
    with answering(
        201,
        b'{"draftInvoiceNumber":1,"customer":{"customerNumber":7},'
        b'"netAmount":0.10,"vatAmount":0.030000,"grossAmount":99999999.99}',
    ) as (
        target,
        seen,
    ):
        draft = target.read_draft(target.send(Request("POST", "/invoices/drafts", body), "key-9"))
    assert seen[0][3] == body.encode()
    assert [str(draft.net), str(draft.vat), str(draft.gross)] == ["0.10", "0.030000", "99999999.99"]
    assert json_loads(seen[0][3])["price"].as_tuple().digits == (1, 0)
