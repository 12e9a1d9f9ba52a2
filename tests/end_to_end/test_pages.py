"""Finance's pages inside Airflow: its login and rights, a press that is carried out, the way to a run (X-10)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from branch import NORD, SYD
from office import Office

HOME = "/ledgerbridge"


@contextmanager
def _browser(office: Office, user: str | None = None) -> Iterator[httpx.Client]:
    """A browser in which ``user`` has logged in to Airflow: it sends the cookie, and no token of its own."""
    with httpx.Client(base_url=office.stack.url, trust_env=False, headers={"Sec-Fetch-Site": "same-origin"}) as http:
        if user is not None:
            with office.stack.client(user) as client:
                http.cookies.set("_token", client.token)
        yield http


@pytest.mark.spec("X-10", "P20")
def test_airflows_login_and_rights_are_the_pages_own(synced: Office) -> None:
    with _browser(synced) as nobody:
        answer = nobody.get(f"{HOME}/{NORD}", follow_redirects=False)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/api/v2/auth/login?next=%2Fledgerbridge%2F")
        assert nobody.get(answer.headers["location"], follow_redirects=True).status_code == 200
        assert nobody.post(f"{HOME}/{NORD}/activation", data={"action": "check"}).status_code == 401
        nobody.cookies.set("_token", "forged")
        assert nobody.get(f"{HOME}/{NORD}", follow_redirects=False).status_code in {303, 401, 403}
    allowed = {"viewer": (403, 403), "user": (303, 403), "op": (303, 303), "admin": (303, 303)}
    for user, (act, set_up) in allowed.items():
        with _browser(synced, user) as http:
            assert http.get(f"{HOME}/").status_code == 200, user
            assert http.post(f"{HOME}/{NORD}/customers", data={"action": "look"}).status_code == act, user
            assert http.post(f"{HOME}/{NORD}/activation", data={"action": "check"}).status_code == set_up, user
        # What is asked for already is not asked for again.
        synced.until(lambda: _open(synced, NORD), lambda found: not found, "what was asked for is carried out")
    asked = synced[NORD].ours("SELECT kind, asked_by FROM intent WHERE integration = %s ORDER BY 1, 2", NORD)
    assert asked == [("check", "admin"), ("check", "op"), ("look", "admin"), ("look", "op"), ("look", "user")]


@pytest.mark.spec("CT-12", "LK-3", "X-10")
def test_a_link_made_on_the_page_is_carried_out_and_the_invoice_goes_on(synced: Office) -> None:
    office, south = synced, synced[SYD]
    south.source('UPDATE "Invoice" SET "CustomerID" = 2004, "CustomerCode" = %s WHERE "InvoiceID" = 6111', "2004")
    with _browser(office, "user") as http:
        if south.ours("SELECT 1 FROM link JOIN record USING (record_id) WHERE record.source_id = '2004'"):
            ((record_id,),) = south.ours(
                "SELECT record_id FROM record WHERE source_id = '2004' AND module = 'customers'"
            )
            assert http.post(f"{HOME}/{SYD}/records/{record_id}", data={"action": "unlink"}).status_code == 303
            office.until(lambda: _open(office, SYD), lambda found: not found, "the link is undone")
        south.approve(6111)
        office.until(lambda: south.states().get("6111"), lambda state: state == "waiting", "the invoice that waits")
        assert http.post(f"{HOME}/{SYD}/customers", data={"action": "look"}).status_code == 303
        office.until(lambda: _open(office, SYD), lambda found: not found, "the look is over")
        page = http.get(f"{HOME}/{SYD}/customers?tab=one").text
        assert "2900" in page
        assert "Kunde 2004 ApS" in page
        form = {"action": "link", "tab": "one", "row": "2900", "chosen 2900": "2004"}
        assert http.post(f"{HOME}/{SYD}/customers", data=form).status_code == 303
        office.until(lambda: south.newest_of("6111")[0], lambda state: state == "delivered", "the invoice that waited")
        made_by = south.ours("SELECT made_by FROM link JOIN record USING (record_id) WHERE record.source_id = '2004'")
        assert made_by == [("user",)]
        ((record_id,),) = south.ours("SELECT record_id FROM record WHERE source_id = '6111' AND module = 'invoices'")
        story = http.get(f"{HOME}/{SYD}/records/{record_id}").text
        run = f"/dags/{SYD}.invoices/runs/"
        assert run in story
        assert http.get(story[story.index(run) :].split('"')[0]).status_code == 200
    south.accounted()


def _open(office: Office, name: str) -> list[object]:
    return list(office[name].ours("SELECT kind FROM intent WHERE integration = %s AND ended_at IS NULL", name))


@pytest.mark.spec("X-10")
def test_the_navigation_leads_to_the_pages(synced: Office) -> None:
    with synced.stack.client("admin") as admin, httpx.Client(base_url=synced.stack.url, trust_env=False) as http:
        found = http.get("/api/v2/plugins", headers={"Authorization": f"Bearer {admin.token}"}).json()
        errors = http.get("/api/v2/plugins/importErrors", headers={"Authorization": f"Bearer {admin.token}"}).json()
    views = [view for plugin in found["plugins"] for view in plugin["external_views"]]
    assert [(view["name"], view["href"]) for view in views if view["name"] == "Finance"] == [("Finance", f"{HOME}/")]
    assert errors["import_errors"] == []


@pytest.mark.spec("CT-11", "TL-1")
def test_the_overview_tells_what_airflow_knows(synced: Office) -> None:
    with _browser(synced, "viewer") as http:
        page = http.get(f"{HOME}/{NORD}", headers={"Accept-Language": "en"}).text
    assert "Integration: in order" in page
    assert "Connection: in order" in page
    assert "none planned" not in page
    with _browser(synced, "admin") as http:
        assert "oestkyst" in http.get(f"{HOME}/").text
