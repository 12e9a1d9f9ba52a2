"""P20 on every route of the pages, as the application lists them: login, rights, same-origin forms, escaping (X-10)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from porch import LOGIN, Porch, opened
from scenery import NASTY, there

from ledgerbridge.comparing.run import reconcile
from ledgerbridge.pages.app import make_app
from ledgerbridge.pages.works import Right
from ledgerbridge.reconciliation.facts import Period
from ledgerbridge.records import Module
from ledgerbridge.store import intents
from sandbox.grounds import Firm, Grounds, customer, invoice

pytestmark = pytest.mark.spec("P20", "X-10")

# The style and the script ask for no login: they tell nothing.
OPEN = {"/static/{name}"}
# What each form needs before it writes anything; the language of a reader is their own.
RIGHTS = {
    "/language": Right.READ,
    "/{integration}/records/{record_id}": Right.ACT,
    "/{integration}/customers": Right.ACT,
    "/{integration}/activation": Right.SET_UP,
    "/{integration}/plan": Right.ACT,
    "/{integration}/products": Right.SET_UP,
    "/{integration}/wishes/{intent_id}": Right.READ,  # one's own
}
WRITES_NO_WISH = {"/language", "/{integration}/wishes/{intent_id}"}
ACTIONS = {
    "/{integration}/activation": "check",
    "/{integration}/customers": "look",
    "/{integration}/plan": "plan",
    "/{integration}/products": "look",
}
FORGED = ("999999", "0", "-1", "x", "9" * 30, "1 OR 1=1", "..%2f..%2fetc", "%00")


@dataclass(frozen=True)
class Route:
    method: str
    path: str

    def at(self, integration: str, record: str = "1", number: str = "1") -> str:
        values = {
            "integration": integration,
            "record_id": record,
            "number": number,
            "module": "invoices",
            "document": "booked.pdf",
            "extension": "html",
            "intent_id": record,
            "name": "pages.css",
        }
        return re.sub(r"{(\w+)}", lambda found: values[found[1]], self.path)


def routes(porch: Porch) -> list[Route]:
    """Every route that the application has, whatever kind it is."""
    found = []
    for route in make_app(porch.street).routes:
        assert isinstance(route, APIRoute), f"{route} is served and is not tried"
        found += [Route(method, route.path) for method in route.methods]
    assert len(found) > 12, "the pages have more than that: were they found?"
    return found


def _asked(firm: Firm) -> int:
    ((number,),) = firm.ours("SELECT count(*) FROM intent")
    return int(number)


def test_nobody_sees_or_does_anything_without_a_login(porch: Porch, firm: Firm) -> None:
    for cookie in ("", "forged", ":act", "Vibeke:", "Vibeke:root"):
        with porch.client(None, **({"Cookie": f"{LOGIN}={cookie}"} if cookie else {})) as anonymous:
            for route in routes(porch):
                if route.path in OPEN:
                    continue
                answer = anonymous.request(route.method, route.at(firm.name), data=_form(route))
                expected = 303 if route.method == "GET" else 401
                assert answer.status_code == expected, (route, cookie)
                assert firm.name not in answer.text
                assert answer.headers.get("location", "/log-in").startswith("/log-in")
    assert _asked(firm) == 0


def _form(route: Route) -> dict[str, str] | None:
    return {"action": ACTIONS.get(route.path, "try_again")} if route.method == "POST" else None


def test_each_form_needs_its_right(porch: Porch, firm: Firm) -> None:
    forms = [route for route in routes(porch) if route.method != "GET"]
    assert {route.path for route in forms} == set(RIGHTS), "a form without a word about its right"
    with firm.company.store() as store:
        for page in ("a", "b"):  # the numbers 1 and 2
            intents.ask(store, integration=firm.name, kind="plan", wanted={}, page=page, asked_by="Vibeke")
            firm.ours("UPDATE intent SET ended_at = now()")
    for route in forms:
        for right in Right:
            firm.ours("UPDATE intent SET ended_at = now()")  # what is asked for already is not asked for again
            before = _asked(firm)
            with porch.client(right) as http:
                answer = http.request(route.method, route.at(firm.name, record="2"), data=_form(route))
            is_enough = list(Right).index(right) >= list(Right).index(RIGHTS[route.path])
            assert answer.status_code == (303 if is_enough else 403), (route, right)
            writes = is_enough and route.path not in WRITES_NO_WISH
            assert _asked(firm) - before == int(writes), (route, right)


def test_what_a_person_asks_for_bears_their_name(porch: Porch, firm: Firm) -> None:
    with porch.client(Right.ACT, name="Vibeke") as http:
        http.post(f"/{firm.name}/records/2", data={"action": "try_again", "asked_by": "Somebody Else"})
    assert firm.ours("SELECT asked_by FROM intent") == [("Vibeke",)]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"},
        {"Sec-Fetch-Site": "same-site", "Origin": "https://other.example.com"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "", "Origin": "null"},
    ],
)
def test_a_form_of_another_site_does_nothing(porch: Porch, firm: Firm, headers: dict[str, str]) -> None:
    for route in routes(porch):
        if route.method == "GET":
            continue
        with porch.client(Right.SET_UP, **headers) as http:
            assert http.request(route.method, route.at(firm.name), data=_form(route)).status_code == 403, route
    assert _asked(firm) == 0


def test_a_browser_that_knows_no_fetch_metadata_is_judged_by_the_origin(porch: Porch, firm: Firm) -> None:
    page, form = f"/{firm.name}/records/2", {"action": "try_again"}
    with porch.client(Right.ACT) as http:
        del http.headers["sec-fetch-site"]
        assert http.post(page, data=form).status_code == 403, "it says nothing about where it comes from"
        assert http.post(page, data=form, headers={"Origin": "http://elsewhere.example"}).status_code == 403
        assert http.post(page, data=form, headers={"Origin": porch.url}).status_code == 303


def test_forged_ids_lead_nowhere(porch: Porch, firm: Firm) -> None:
    with porch.client(Right.SET_UP) as http:
        for route in routes(porch):
            if route.path in OPEN:
                continue
            for name in re.findall(r"{(\w+)}", route.path):
                for forged in FORGED:
                    path = re.sub(rf"{{{name}}}", forged, route.path)
                    path = Route(route.method, path).at(firm.name)
                    status = http.request(route.method, path, data=_form(route)).status_code
                    assert status == 404, (route.method, path)
    assert _asked(firm) == 0


def test_another_integrations_records_are_not_there(grounds: Grounds, porch: Porch, firm: Firm) -> None:
    """Both lie in one database, as in a deployment; the other one's visitor has the right for that one only."""
    firm.ours("UPDATE record SET integration = 'other' WHERE module = 'invoices' AND source_id = '1'")
    with porch.client(Right.SET_UP) as http:
        ((record_id,),) = firm.ours("SELECT record_id FROM record WHERE integration = 'other'")
        for document in ("", "/booked.pdf", "/source-document"):
            assert http.get(f"/{firm.name}/records/{record_id}{document}").status_code == 404
        assert http.post(f"/{firm.name}/records/{record_id}", data={"action": "try_again"}).status_code == 404
    with porch.client(None) as stranger:
        stranger.cookies.set(LOGIN, "Stine:set_up:another")
        assert firm.name not in stranger.get("/").text
        for route in routes(porch):
            if "{integration}" in route.path:
                got = stranger.request(route.method, route.at(firm.name), data=_form(route))
                assert got.status_code == 404, route


@pytest.fixture
def nasty(grounds: Grounds) -> Firm:
    """A firm in whose texts, on both sides, stands a script."""
    bad = {"name": f"Kunde {NASTY}", "city": NASTY[:50], "email": "a@b.dk", "phone": NASTY[:30]}
    asta, bo = customer(701, **bad), customer(702, **{**bad, "name": f"Bo {NASTY}"})
    theirs = [there(900, f"Bo {NASTY}", city=NASTY[:50]), there(901, f"Ingen {NASTY}", phone=NASTY[:30])]
    firm = grounds.firm([asta], [invoice(1, asta, heading=NASTY, text=NASTY)], there=theirs)
    firm.by_hand("PUT", "/products/1010", name=f"Vare {NASTY}", productGroup={"productGroupNumber": 2})
    firm.ours("UPDATE preflight SET resolved = resolved || '{\"customers_at_start\": 0}'")
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    firm.add([bo], [invoice(3, bo, heading=NASTY), invoice(4, asta, vat_amount=Decimal(1))])
    firm.source('UPDATE "Invoice" SET "InvoiceNumber" = %s WHERE "InvoiceID" = 3', NASTY[:30])
    for module in Module:
        firm.company.deliver(module, validated=False)
    firm.ours(
        "UPDATE transfer SET reason = jsonb_build_object('code', 'customer_undecided', 'values',"
        " jsonb_build_object('number', %s::text, 'name', %s::text)) WHERE state <> 'delivered'",
        NASTY,
        NASTY,
    )
    with firm.company.workplace("reconciliation/1") as workplace:
        reconcile(workplace, Period(None, None))
    return firm


def _every_page(porch: Porch, firm: Firm, http: httpx.Client) -> Iterator[tuple[str, httpx.Response]]:
    records = [str(row[0]) for row in firm.ours("SELECT record_id FROM record ORDER BY record_id")]
    ((number,),) = firm.ours("SELECT max(reconciliation_id) FROM reconciliation WHERE kind = 'invoices'")
    for route in routes(porch):
        if route.method != "GET":
            continue
        for record in records if "record_id" in route.path else records[:1]:
            path = route.at(firm.name, record=record, number=str(number))
            yield path, http.get(path)
    more: dict[str, tuple[str, ...]] = {
        "customers": ("one", "several", "none", "unlinked"),
        "products": ("in_use", "every"),
        "reconciliation": ("",),
        "transfers/customers": ("open", "transferred", "aside"),
        "transfers/invoices": ("open", "transferred", "aside"),
    }
    for page, tabs in more.items():
        for tab in tabs:
            wrong = "&".join(
                f"{name}={NASTY}" for name in ("name", "number", "first_day", "code", "kind", "of", "words")
            )
            path = f"/{firm.name}/{page}?tab={tab}&{wrong}"
            yield path, http.get(path)
            yield page, http.get(f"/{firm.name}/{page}?tab={tab}")


@pytest.mark.parametrize("language", ["da", "en"])
def test_no_text_from_outside_becomes_a_part_of_a_page(nasty: Firm, language: str) -> None:
    _look(nasty)
    seen = 0
    with (
        opened(nasty) as porch,
        porch.client(Right.SET_UP, name=NASTY.replace(":", ""), **{"Accept-Language": language}) as http,
    ):
        http.post(f"/{nasty.name}/records/1", data={"action": "set_aside", "because": NASTY})
        for path, answer in _every_page(porch, nasty, http):
            assert answer.status_code in {200, 404}, path
            if answer.headers["content-type"].startswith("text/html"):
                assert "<script>alert" not in answer.text, path
                seen += "&lt;script&gt;" in answer.text
    assert seen > 15, "the texts were hardly anywhere: is something tried at all?"


def _look(firm: Firm) -> None:
    from porch import carry_out

    from ledgerbridge.delivery.intents import Kind

    with firm.company.store() as store:
        for kind, wanted in (
            (Kind.LOOK, {}),
            (Kind.LOOK_PRODUCTS, {}),
            (Kind.USE_PRODUCTS, {"numbers": ["1010"]}),
        ):
            intents.ask(store, integration=firm.name, kind=kind, wanted=wanted, page="customers", asked_by=NASTY)
    assert all(item.went_well for item in carry_out(firm))


def test_every_answer_lets_a_page_load_nothing_from_elsewhere(nasty: Firm) -> None:
    with opened(nasty) as porch, porch.client(Right.SET_UP) as http:
        for path, answer in _every_page(porch, nasty, http):
            headers: Any = answer.headers
            policy = headers["content-security-policy"]
            assert "default-src 'none'" in policy or policy == "sandbox", path
            assert "unsafe-inline" not in policy.split("style-src")[0], path
            assert headers["x-content-type-options"] == "nosniff", path
            assert headers["referrer-policy"] == "same-origin", path
            is_page = headers["content-type"].startswith("text/html")
            assert not is_page or "report." in path or "frame-ancestors 'self'" in policy, path
            if "/static/" not in path:
                assert headers["cache-control"] == "no-store", path


def test_the_choice_of_a_language_sends_nobody_elsewhere(porch: Porch) -> None:
    with porch.client(Right.READ) as http:
        for wanted in (
            "https://elsewhere.example",
            "//elsewhere.example",
            "/\\elsewhere.example",
            "javascript:alert(1)",
            "",
        ):
            answer = http.post("/language", data={"language": "da", "back_to": wanted})
            assert answer.headers["location"] == "/", wanted
        answer = http.post("/language", data={"language": "da", "back_to": "/?x=1"})
        assert answer.headers["location"] == "/?x=1"
        assert "httponly" in answer.headers["set-cookie"].lower()


def test_an_address_that_is_none_is_told_only_to_those_who_are_logged_in(porch: Porch, firm: Firm) -> None:
    for path in ("/nowhere/at/all", f"/{firm.name}/records/1/2/3", f"/{firm.name}/records/x"):
        with porch.client(None) as anonymous:
            assert anonymous.get(path).headers["location"].startswith("/log-in"), path
        with porch.client(Right.READ) as http:
            answer = http.get(path)
            assert answer.status_code == 404
            assert "There is no such page" in answer.text
