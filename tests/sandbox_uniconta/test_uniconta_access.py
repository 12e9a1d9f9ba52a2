"""Logging in, tokens and their life, HTTP Basic, users and rights (contract 2)."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

import pytest

from sandbox.standin.jsontext import parse_object
from sandbox.uniconta.control import Control, Login

from .conftest import Opener
from .server import JSON_HEADERS, Api, Sandbox, debtor

HOUR = 60 * 60
QUERY = "/Query/Get/DebtorClient"


def as_user(sandbox: Sandbox, name: str, password: str, company: int = 0) -> Api:
    """A client of its own for a user."""
    return Api(sandbox.url, Login(company, name, password))


def refresh(api: Api, token: str) -> Any:
    """POST /refresh."""
    return api.send("POST", "/refresh", token, JSON_HEADERS)


def test_a_login_hands_out_a_token_for_an_hour(api: Api, control: Control) -> None:
    answer = api.sign_in()
    assert set(answer.body) == {"token", "refreshToken", "refreshTokenExpiry"}
    claims = parse_object(base64.urlsafe_b64decode(answer.body["token"].split(".")[1] + "=="))
    assert claims["exp"] - claims["iat"] == HOUR
    life = datetime.fromisoformat(answer.body["refreshTokenExpiry"]).timestamp() - int(claims["iat"])
    assert life == 7 * 24 * HOUR
    assert api.web("POST", QUERY, [{}]).status == 200
    control.advance(HOUR - 5)
    assert api.web("POST", QUERY, [{}]).status == 200
    control.advance(6)
    late = api.web("POST", QUERY, [{}])
    assert (late.status, late.raw, late.headers["WWW-Authenticate"]) == (401, b"You are not logged in", "Bearer")


def test_routes_are_found_whatever_their_case(api: Api) -> None:
    body = {"Username": api.login.username, "Password": api.login.password}
    assert api.send("POST", "/LOGIN", body, JSON_HEADERS).status == 200
    assert api.web("POST", "/query/GET/debtorclient", [{}]).body[0]["Account"] == "1001"
    assert api.basic("GET", "/OData/DEBTORCLIENT").status == 200


def test_a_refresh_goes_on_with_a_new_token(api: Api, control: Control) -> None:
    first = api.sign_in().body
    control.advance(2 * HOUR)
    second = refresh(api, first["refreshToken"])
    assert second.status == 200
    assert second.body["refreshToken"] != first["refreshToken"]
    api.token = second.body["token"]
    assert api.web("POST", QUERY, [{}]).status == 200
    assert refresh(api, first["refreshToken"]).status == 401
    control.advance(7 * 24 * HOUR)
    assert refresh(api, second.body["refreshToken"]).status == 401


def test_a_refresh_may_omit_the_new_refresh_token(open_company: Opener) -> None:
    api = open_company(knobs={"refresh_token": "omitted"})
    kept = api.sign_in().body["refreshToken"]
    for _ in range(2):
        answer = refresh(api, kept)
        assert set(answer.body) == {"token"}
    api.token = answer.body["token"]
    assert api.web("POST", QUERY, [{}]).status == 200


@pytest.mark.parametrize("body", [{"refreshToken": "x"}, None, ["x"]])
def test_a_refresh_wants_a_json_string(api: Api, body: object) -> None:
    answer = api.send("POST", "/refresh", body, JSON_HEADERS)
    assert (answer.status, answer.raw) == (200, b"ArgumentMissing")


def test_a_wrong_password_is_401_with_a_text(api: Api) -> None:
    for wrong in ({"Password": "no"}, {"Username": "nobody"}, {"Password": None}):
        answer = api.sign_in(**wrong)
        assert (answer.status, answer.raw) == (401, b"User name and/or password invalid")


def test_without_a_company_the_login_is_a_success_that_is_none(sandbox: Sandbox, control: Control, api: Api) -> None:
    nowhere = as_user(sandbox, "nowhere", control.create_user("nowhere"))
    nowhere.login = Login(api.company, "nowhere", nowhere.login.password)
    assert nowhere.sign_in().outcome == (200, "NoCompanyId")
    assert nowhere.sign_in(Username="nowhere").outcome == (200, "NoCompanyId")
    assert api.sign_in(Username=f"0099/{api.login.user}").outcome == (200, "NoCompanyId")
    nowhere.session.close()


def test_a_locked_user_is_kept_out_at_once(api: Api, control: Control) -> None:
    api.sign_in()
    control.lock(api.login.user)
    assert api.sign_in().status == 401
    assert api.sign_in().raw == b"Block users"
    assert api.web("POST", QUERY, [{}]).status == 401
    assert api.basic("GET", "/odata/DebtorClient").status == 401
    control.unlock(api.login.user)
    assert api.sign_in().status == 200
    assert api.web("POST", QUERY, [{}]).status == 200


def test_the_api_key_is_asked_for_where_the_knob_says_so(open_company: Opener) -> None:
    api = open_company(knobs={"api_key_required": True})
    assert api.sign_in().outcome == (200, "UnknownAppIdent")
    assert api.sign_in(apiKey="8f2b7c9e-6a41-4d0a-9d0c-0c2f6f5d1f10").status == 200


@pytest.mark.parametrize(
    ("rule", "kind", "second", "first_is_good"),
    [
        ("replaces", "Server", 200, False),
        ("refused", "Server", 401, True),
        ("allowed", "Server", 200, True),
        ("replaces", "Standard", 200, True),
        ("refused", "Standard", 200, True),
    ],
)
def test_a_server_user_has_one_login_at_a_time(
    open_company: Opener, rule: str, kind: str, second: int, first_is_good: bool
) -> None:
    api = open_company(kind=kind, knobs={"server_login": rule})
    first = api.sign_in().body
    assert api.sign_in().status == second
    api.token = first["token"]
    assert (api.web("POST", QUERY, [{}]).status == 200) is first_is_good
    assert (refresh(api, first["refreshToken"]).status == 200) is first_is_good


def test_tokens_expire_at_a_word(api: Api, control: Control) -> None:
    tokens = api.sign_in().body
    control.expire_tokens(api.login.user)
    assert api.web("POST", QUERY, [{}]).status == 401
    renewed = refresh(api, tokens["refreshToken"])
    assert renewed.status == 200
    control.expire_tokens(api.login.user, refresh=True)
    assert refresh(api, renewed.body["refreshToken"]).status == 401


def test_a_new_password_counts_from_the_next_login(api: Api, control: Control) -> None:
    api.sign_in()
    control.set_password(api.login.user, "another one")
    assert api.web("POST", QUERY, [{}]).status == 200
    assert api.sign_in().status == 401
    assert api.sign_in(Password="another one").status == 200


@pytest.mark.parametrize("form", ["00{0}/{1}", "{0:07}/{1}", "0{0}/{1}", "{0}/{1}", "{1}"])
def test_every_way_to_name_the_company(api: Api, form: str) -> None:
    name = form.format(api.company, api.login.user)
    answer = api.send("GET", "/odata/CompanyClient", None, JSON_HEADERS, auth=(name, api.login.password))
    assert [row["PrimaryKeyId"] for row in answer.body["value"]] == [api.company]
    assert api.sign_in(Username=name).status == 200


def test_a_company_in_the_path_wins(sandbox: Sandbox, open_company: Opener, control: Control) -> None:
    first, second = open_company(), open_company(debtors=[debtor(Account="2002")])
    password = control.create_user(f"both{first.company}", first.company, second.company, kind="Standard")
    both = as_user(sandbox, f"both{first.company}", password, first.company)
    for path in ("/odata/{}/DebtorClient", "/api/Entities/{}/DebtorClient"):
        rows = both.basic("GET", path.format(second.company)).body
        found = rows["value"] if isinstance(rows, dict) else rows
        assert [row["Account"] for row in found] == ["2002"]
    assert both.basic("GET", "/odata/4711/DebtorClient").status == 403
    assert [row["CompanyId"] for row in both.odata("CompanyClient")] == [first.company, second.company]
    assert [row["Account"] for row in both.rows("Debtor")] == ["1001"]
    both.session.close()


def test_basic_is_refused_with_a_challenge(api: Api) -> None:
    for auth in ((api.login.username, "no"), ("nobody", "no")):
        answer = api.send("GET", "/odata/DebtorClient", None, JSON_HEADERS, auth=auth)
        assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, 'Basic realm="Uniconta"')
    assert api.send("GET", "/odata/DebtorClient", None, JSON_HEADERS).status == 401
    broken = JSON_HEADERS | {"Authorization": "Basic %%%"}
    assert api.send("GET", "/api/Entities/DebtorClient", None, broken).status == 401


def test_each_surface_has_its_own_key(api: Api) -> None:
    assert api.basic("POST", QUERY, [{}]).status == 401
    assert api.web("GET", "/odata/DebtorClient").status == 401
    assert api.web("GET", "/api/Entities/DebtorClient").status == 401


def test_rights(api: Api, control: Control) -> None:
    row = api.row("Debtor")
    number = api.order()
    control.set_rights(api.login.user, "read")
    assert api.web("POST", "/Crud/Insert/DebtorClient", debtor(Account="9")).outcome == (
        400, "Insufficient rights to create",
    )  # fmt: skip
    assert api.web("PUT", "/Crud/Update/DebtorClient", row).outcome == (400, "Insufficient rights to save")
    assert api.web("DELETE", "/Crud/Delete/DebtorClient", row).outcome == (400, "Insufficient rights to delete")
    assert api.generate(number).error == (2, None)
    control.set_rights(api.login.user, "insert", "post")
    assert api.web("POST", QUERY, [{}]).outcome == (403, "Insufficient rights")
    assert api.basic("GET", "/odata/DebtorClient").status == 403
    assert api.generate(number).error == (0, None)


def test_paths_verbs_and_types_that_are_not_there(api: Api) -> None:
    assert api.web("GET", "/Crud/Insert/DebtorClient").status == 405
    assert api.web("GET", "/Crud/Insert/DebtorClient").headers["Allow"] == "POST"
    assert api.web("POST", "/Crud/Upsert/DebtorClient", {}).status == 404
    assert api.web("POST", "/Query/Get/Debtor", [{}]).status == 404
    assert api.web("POST", "/Query/Get/NonsenseClient", [{}]).status == 404
    plain = {"Authorization": f"Bearer {api.token}", "Content-Type": "text/plain"}
    assert api.send("POST", QUERY, [{}], plain).status == 415
    assert api.web("POST", "/Crud/Insert/DebtorClient", b"{").status == 400
