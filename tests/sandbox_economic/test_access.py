"""Tokens, rights, verbs, media types and the headers of every answer (contract 1, 2.1 to 2.3, 2.9)."""

from __future__ import annotations

import re

import pytest

from sandbox.economic.control import Control

from .conftest import Opener
from .server import Answer, Api, Sandbox, customer, draft


def has_standard_headers(answer: Answer) -> bool:
    """The three headers of contract 2.9."""
    return (
        re.fullmatch(r"token-limit-\d+-per-60-seconds: \d+/\d+", answer.headers["X-RateLimiting"]) is not None
        and answer.headers["X-CallCost"] == "3"
        and re.fullmatch(r"[0-9a-f]{16}-CPH", answer.headers["X-RequestId"]) is not None
    )


def is_error_body(answer: Answer) -> bool:
    """The five properties of the recorded body #9, in their order."""
    body = answer.body
    return (
        [name for name in body if name not in {"errorCode", "errors", "errorCount"}][:5]
        == ["message", "developerHint", "logId", "httpStatusCode", "logTime"]
        and body["httpStatusCode"] == answer.status
        and body["logId"] == answer.headers["X-RequestId"]
        and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", body["logTime"]) is not None
    )


def test_unknown_and_missing_tokens_are_401(api: Api) -> None:
    for headers in (
        {"X_AppSecretToken": "nonsense"},
        {"X_AgreementGrantToken": "nonsense"},
        {"X_AppSecretToken": None},
    ):
        answer = api.get("/self", **headers)
        assert answer.status == 401
        assert is_error_body(answer)
        assert has_standard_headers(answer)


def test_tokens_that_are_not_a_pair_are_e02250(api: Api, open_agreement: Opener) -> None:
    other = open_agreement()
    answer = api.get("/self", X_AgreementGrantToken=other.tokens.grant)
    assert (answer.status, answer.body["errorCode"]) == (401, "E02250")
    assert answer.body["message"] == "AppSecretToken does not correspond to the token"


def test_one_secret_opens_several_agreements(open_agreement: Opener) -> None:
    first = open_agreement(app_secret="shared secret", grant="first grant")
    second = open_agreement(app_secret="shared secret", grant="second grant")
    assert first.get("/self").body["agreementNumber"] == first.agreement
    assert second.get("/self").body["agreementNumber"] == second.agreement


def test_a_revoked_grant_is_401_until_it_is_restored(api: Api, control: Control) -> None:
    control.revoke(api.agreement)
    assert api.get("/customers").status == 401
    assert api.post("/customers", customer()).status == 401
    control.restore(api.agreement)
    assert api.get("/customers").status == 200


def test_a_new_grant_opens_a_revoked_agreement(api: Api, control: Control) -> None:
    control.revoke(api.agreement)
    token = control.new_grant(api.agreement)
    assert api.get("/customers", X_AgreementGrantToken=token).status == 200


@pytest.mark.parametrize(
    ("role", "open_path", "closed_path"),
    [("Sales", "/customers", "/accounts"), ("Bookkeeping", "/accounts", "/invoices/drafts")],
)
def test_a_missing_role_is_403_for_its_resources_only(
    api: Api, control: Control, role: str, open_path: str, closed_path: str
) -> None:
    control.set_roles(api.agreement, role)
    assert api.get(open_path).status == 200
    refused = api.get(closed_path)
    assert refused.status == 403
    assert "SuperUser" in refused.body["developerHint"]
    assert has_standard_headers(refused)
    control.set_roles(api.agreement, "SuperUser")
    assert api.get(closed_path).status == 200


def test_a_missing_module_is_403_and_names_it(api: Api, control: Control) -> None:
    assert api.get("/departments").status == 200
    control.set_modules(api.agreement, (3, "Indscanning"))
    refused = api.get("/departments")
    assert (refused.status, refused.body["errorCode"]) == (403, "E03040")
    assert "Dimension" in refused.body["developerHint"]
    assert api.get("/self").body["modules"][0]["moduleNumber"] == 3


def test_demo_tokens_read_the_first_agreement_only_when_allowed(api: Api, control: Control) -> None:
    demo = {"X_AppSecretToken": "demo", "X_AgreementGrantToken": "Demo"}
    assert api.get("/self", **demo).status == 401
    control.set_knobs(demo_access=True)
    try:
        assert api.get("/self", **demo).status == 200
        shown = api.get("/layouts/19?demo=true", X_AppSecretToken=None, X_AgreementGrantToken=None)
        assert shown.body["self"].endswith("/layouts/19?demo=true")
        assert api.post("/customers", customer(), **demo).status == 403
    finally:
        control.set_knobs(demo_access=None)


def test_404_405_and_the_shape_of_404(api: Api) -> None:
    missing = api.get("/customers/4711")
    assert missing.status == 404
    assert missing.body["message"] == "Resource not found."
    assert is_error_body(missing)
    assert api.get("/nothing-here").status == 404
    refused = api.call("PATCH", "/invoices/drafts", [])
    assert (refused.status, refused.headers["Allow"]) == (405, "DELETE, GET, POST")


def test_openapi_paths_are_404_problem_documents(api: Api) -> None:
    answer = api.get("/customersapi/v3.1.0/Customers")
    assert answer.status == 404
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.body["errorCode"] == "ResourceNotFound"
    assert has_standard_headers(answer)


def test_schemas_are_not_served_and_need_no_token(api: Api) -> None:
    path = "/schema/customers.get.schema.json"
    assert api.get(path, X_AppSecretToken=None, X_AgreementGrantToken=None).status == 404


def test_paths_are_compared_without_case(api: Api) -> None:
    assert api.get("/Customers/1").body["customerNumber"] == 1
    assert api.get("/PRODUCT-GROUPS").status == 200


def test_only_json_goes_in_and_out(api: Api) -> None:
    assert api.post("/customers", customer(), Content_Type="application/xml").status == 415
    assert api.post("/customers", customer(), Content_Type=None).status == 415
    assert api.post("/customers", customer(), Content_Type="application/json; charset=utf-8").status == 201
    assert api.get("/customers", Accept="text/html").status == 406
    assert api.get("/customers", Accept="text/html, */*;q=0.1").status == 200


@pytest.mark.parametrize("raw", [b"{", b"[]", b'"x"', b'{"creditLimit": NaN}', b'{"creditLimit": Infinity}', b"\xff"])
def test_what_is_not_a_json_object_is_400(api: Api, raw: bytes) -> None:
    answer = api.post("/customers", raw)
    assert answer.status == 400
    assert is_error_body(answer)


def test_echo_and_return_http_500(api: Api) -> None:
    assert api.get("/echo?statuscode=404").status == 404
    assert api.delete("/echo?statuscode=204").status == 204
    assert api.put("/echo?statuscode=503", {}).status == 503
    failed = api.get("/returnHttp500")
    assert failed.status == 500
    assert has_standard_headers(failed)


def test_the_root_lists_the_resources(api: Api) -> None:
    assert api.get("/").body["resources"]["stable"]["customers"] == f"{api.url}/customers"


def test_the_bucket_empties_and_says_when_to_come_back(open_agreement: Opener, control: Control) -> None:
    api = open_agreement(knobs={"rate_limit_tokens": 9, "rate_limit_window_seconds": 600})
    used = [api.get("/self").headers["X-RateLimiting"].rpartition(" ")[2] for _ in range(3)]
    assert used == ["3/9", "6/9", "9/9"]
    refused = api.post("/customers", customer())
    assert refused.status == 429
    assert has_standard_headers(refused) is False  # the window is 600 seconds here
    wait = int(refused.headers["Retry-After"])
    assert 190 <= wait <= 200
    control.advance(wait)
    assert api.post("/customers", customer()).status == 201


def test_the_daily_count_is_shown_and_enforced_on_demand(open_agreement: Opener, control: Control) -> None:
    api = open_agreement(knobs={"daily_limit": 2})
    assert [api.get("/self").status for _ in range(3)] == [200, 200, 200]
    assert control.counters(api.agreement)["callsLast24Hours"] == 3
    control.set_knobs(api.agreement, daily_limit_enforced=True)
    refused = api.get("/self")
    assert refused.status == 429
    assert int(refused.headers["Retry-After"]) > 86_000
    control.advance(86_400 + 60)
    assert api.get("/self").status == 200


def test_self_tells_company_currency_and_modules(open_agreement: Opener) -> None:
    api = open_agreement("empty", name="Ærø Revision ApS", base_currency="EUR")
    body = api.get("/self").body
    assert (body["company"]["name"], body["settings"]["baseCurrency"]) == ("Ærø Revision ApS", "EUR")
    assert body["canSendElectronicInvoice"] is True


def test_log_time_is_danish_and_without_zone(sandbox: Sandbox, api: Api, control: Control) -> None:
    told = api.get("/customers/4711").body["logTime"]
    now = control.clock()["now"]
    assert told[:13] != now[:13]  # one or two hours ahead of UTC
    assert sandbox.process.poll() is None


def test_an_unexpected_answer_never_holds_a_token(api: Api, control: Control) -> None:
    api.post("/invoices/drafts", draft(), key="a key")
    text = str(control.log(api.agreement)) + str(control.agreements()) + str(control.ledger(api.agreement))
    assert api.tokens.app_secret not in text
    assert api.tokens.grant not in text
    assert api.tokens.grant not in repr(api.tokens)
