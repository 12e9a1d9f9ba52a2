"""Idempotency keys (contract 2.11)."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

from sandbox.economic.control import Control
from sandbox.standin.jsontext import encode

from .conftest import Opener
from .server import Api, customer, draft

HOUR = 3600


def test_a_replay_returns_the_first_answer_and_executes_nothing(api: Api, control: Control) -> None:
    first = api.post("/invoices/drafts", draft(), key="k")
    again = api.post("/invoices/drafts", draft(), key="k")
    assert first.status == again.status == 201
    assert again.raw == first.raw
    assert again.headers["X-ResultFromCache"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    assert "X-ResultFromCache" not in first.headers
    assert api.get("/invoices/drafts").body["pagination"]["results"] == 1
    counters = control.counters(api.agreement)
    assert counters["writes"] == {"POST /invoices/drafts": 1}
    assert counters["replays"] == {"POST /invoices/drafts": 1}


def test_a_delete_is_replayed_with_its_204(api: Api) -> None:
    assert api.delete("/customers/1", key="k").status == 204
    again = api.delete("/customers/1", key="k")
    assert (again.status, again.raw, again.headers["X-ResultFromCache"]) == (204, b"", "true")


def test_another_url_and_another_body_are_refused(api: Api) -> None:
    api.post("/customers", customer(), key="k")
    other_url = api.post("/invoices/drafts", customer(), key="k")
    assert (other_url.status, other_url.body["errorCode"]) == (400, "URLChanged")
    other_verb = api.put("/customers", customer(), key="k")
    assert (other_verb.status, other_verb.body["errorCode"]) == (400, "URLChanged")
    other_body = api.post("/customers", customer(name="Another"), key="k")
    assert (other_body.status, other_body.body["errorCode"]) == (400, "PayloadChanged")
    assert api.get("/customers").body["pagination"]["results"] == 2


def test_a_request_that_was_cut_off_was_never_there(api: Api, control: Control) -> None:
    """Its caller was killed while sending; the key is as good as new."""
    address = urlsplit(api.url)
    body = encode(draft())
    head = {**api.tokens.headers, "Host": address.netloc, "Idempotency-Key": "k", "Content-Type": "application/json"}
    lines = [f"{name}: {value}" for name, value in {**head, "Content-Length": len(body)}.items()]
    request = "\r\n".join(["POST /invoices/drafts HTTP/1.1", *lines, "", ""]).encode() + body[: len(body) // 2]
    with socket.create_connection((address.hostname, address.port), 10) as caller:
        caller.sendall(request)
        caller.shutdown(socket.SHUT_WR)
        assert caller.recv(1000) == b""
    assert control.counters(api.agreement)["calls"] == 0
    assert api.post("/invoices/drafts", draft(), key="k").status == 201


def test_after_an_hour_the_request_is_executed_again(api: Api, control: Control) -> None:
    first = api.post("/invoices/drafts", draft(), key="k").body["draftInvoiceNumber"]
    control.advance(59 * 60)
    assert api.post("/invoices/drafts", draft(), key="k").body["draftInvoiceNumber"] == first
    control.advance(2 * 60)
    late = api.post("/invoices/drafts", draft(), key="k")
    assert late.body["draftInvoiceNumber"] != first
    assert "X-ResultFromCache" not in late.headers


def test_a_replay_does_not_prolong_the_hour(api: Api, control: Control) -> None:
    api.post("/customers", customer(), key="k")
    control.advance(50 * 60)
    assert "X-ResultFromCache" in api.post("/customers", customer(), key="k").headers
    control.advance(11 * 60)
    assert "X-ResultFromCache" not in api.post("/customers", customer(), key="k").headers


def test_the_window_is_a_knob(open_agreement: Opener, control: Control) -> None:
    api = open_agreement(knobs={"idempotency_window_seconds": 10})
    api.post("/customers", customer(), key="k")
    control.advance(11)
    assert "X-ResultFromCache" not in api.post("/customers", customer(), key="k").headers


def test_a_replayed_draft_may_name_one_that_is_gone(api: Api) -> None:
    number = api.post("/invoices/drafts", draft(), key="k").body["draftInvoiceNumber"]
    api.delete(f"/invoices/drafts/{number}")
    assert api.post("/invoices/drafts", draft(), key="k").body["draftInvoiceNumber"] == number
    assert api.get(f"/invoices/drafts/{number}").status == 404
    assert api.post("/invoices/booked", {"draftInvoice": {"draftInvoiceNumber": number}}).status == 404


def test_refusals_are_remembered_by_default(api: Api, control: Control) -> None:
    wrong = draft(customer={"customerNumber": 2})
    assert api.post("/invoices/drafts", wrong, key="k").status == 400
    control.act(api.agreement, "POST", "/customers", customer(customerNumber=2))
    again = api.post("/invoices/drafts", wrong, key="k")
    assert (again.status, again.headers["X-ResultFromCache"]) == (400, "true")
    assert api.post("/invoices/drafts", wrong, key="k2").status == 201


def test_refusals_can_be_executed_again_but_the_key_stays_bound(open_agreement: Opener, control: Control) -> None:
    api = open_agreement(knobs={"idempotency_caches_refusals": False})
    wrong = draft(customer={"customerNumber": 2})
    assert api.post("/invoices/drafts", wrong, key="k").status == 400
    assert api.post("/invoices/drafts", draft(), key="k").body["errorCode"] == "PayloadChanged"
    control.act(api.agreement, "POST", "/customers", customer(customerNumber=2))
    assert api.post("/invoices/drafts", wrong, key="k").status == 201
    assert "X-ResultFromCache" in api.post("/invoices/drafts", wrong, key="k").headers


def test_what_was_not_handled_does_not_use_up_a_key(api: Api, control: Control) -> None:
    control.set_roles(api.agreement, "Bookkeeping")
    assert api.post("/customers", customer(), key="k").status == 403
    control.set_roles(api.agreement, "SuperUser")
    control.add_fault("status", match={"count": 1}, status=503, retryAfter=1)
    assert api.post("/customers", customer(), key="k").status == 503
    done = api.post("/customers", customer(), key="k")
    assert done.status == 201
    assert "X-ResultFromCache" not in done.headers


def test_keys_are_per_agreement_or_per_app(open_agreement: Opener, control: Control) -> None:
    first = open_agreement(app_secret="one app for two", grant="grant a")
    second = open_agreement(app_secret="one app for two", grant="grant b")
    first.post("/customers", customer(), key="k")
    assert "X-ResultFromCache" not in second.post("/customers", customer(), key="k").headers
    for api in (first, second):
        control.set_knobs(api.agreement, idempotency_scope="app")
    first.post("/customers", customer(), key="k2")
    assert second.post("/units", {"name": "kg"}, key="k2").body["errorCode"] == "URLChanged"


def test_get_takes_no_key(api: Api) -> None:
    assert api.call("GET", "/customers/1", key="k").status == 200
    assert "X-ResultFromCache" not in api.call("GET", "/customers/1", key="k").headers
    assert api.post("/customers", customer(), key="k").status == 201
