"""A restart has everything again; a killed sandbox loses nothing that it answered."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from sandbox.uniconta.control import ControlError, Login

from .conftest import Opener
from .server import JSON_HEADERS, SANDBOX, Api, Sandbox, debtor, line

PLENTY = {"daily_limit": 10**9}


def everything(sandbox: Sandbox, login: Login) -> dict[str, object]:
    """All that must survive."""
    control = sandbox.control
    return {
        "ledger": control.ledger(login.company),
        "company": control.company(login.company),
        "counters": control.counters(login.company) | {"atOnce": None},
        "log": control.log(login.company),
        "knobs": control.knobs(login.company),
        "faults": control.faults(),
        "offset": control.clock()["offset"],
        "users": control.users(),
    }


def test_a_restart_has_everything_again(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with SANDBOX.running(data) as sandbox:
        login = sandbox.control.create_company(debtors=[debtor()], knobs=PLENTY)
        api = Api(sandbox.url, login)
        tokens = api.sign_in().body
        sandbox.control.add_user_field(login.company, "DebtorClient", "xFelt")
        posted = api.order(line(Qty="7.25"), ReferenceNumber="æøå #l-1")
        api.posted(posted)
        waiting = api.order(Settlements="30001")
        sandbox.control.advance(120)
        sandbox.control.set_knobs(latency_ms=1)
        sandbox.control.add_fault("status", match={"method": "PATCH", "probability": 0.25, "seed": 3})
        sandbox.control.set_rights(login.user, "read", "insert", "post")
        sandbox.control.mark(login.company)
        before = everything(sandbox, login)
        api.session.close()
    with SANDBOX.running(data) as sandbox:
        assert everything(sandbox, login) == before
        again = Api(sandbox.url, login)
        again.token = tokens["token"]
        assert again.generate(posted).error == (84, None)
        assert again.posted(waiting)["InvoiceNumber"] == 30002
        assert again.order() == waiting + 1
        assert again.insert("Debtor", Account="2001")["RowId"] == 2
        refreshed = again.send("POST", "/refresh", tokens["refreshToken"], JSON_HEADERS)
        assert refreshed.status == 200
        again.session.close()


def test_a_killed_sandbox_has_every_answered_invoice(tmp_path: Path) -> None:
    data = tmp_path / "data"
    sandbox = SANDBOX.start(data)
    login = sandbox.control.create_company(debtors=[debtor()], knobs=PLENTY | {"server_login": "allowed"})

    def post(worker: int) -> list[tuple[int, str]]:
        """Post invoices until the connection breaks."""
        answered = []
        api = Api(sandbox.url, login)
        try:
            for at in range(1000):
                reference = f"w{worker}-{at}"
                number = api.order(ReferenceNumber=reference, DeleteOrder=True)
                answered.append((int(api.generate(number).body["InvoiceNumber"]), reference))
                if worker == 0 and at == 10:
                    sandbox.process.kill()
        except (requests.RequestException, OSError):
            pass
        finally:
            api.session.close()
        return answered

    with ThreadPoolExecutor(4) as pool:
        answered = [pair for pairs in pool.map(post, range(4)) for pair in pairs]
    sandbox.stop(kill=True)
    assert len(answered) >= 11
    with SANDBOX.running(data) as again:
        ledger = again.control.ledger(login.company)
        stored = {row["InvoiceNumber"]: row["ReferenceNumber"] for row in ledger["invoices"]}
        assert dict(answered).items() <= stored.items()
        assert sorted(stored) == list(range(30001, 30001 + len(stored)))
        assert set(ledger["locators"].values()) == {1}
        assert len(ledger["openItems"]) == len(ledger["invoiceLines"]) == len(stored)
        assert sum(row["Amount"] for row in ledger["entries"]) == 0
        api = Api(again.url, login)
        assert api.posted(api.order())["InvoiceNumber"] == max(stored) + 1
        api.session.close()


def test_sixteen_threads_post_one_order_once(sandbox: Sandbox, open_company: Opener) -> None:
    api = open_company()
    number = api.order(DeleteOrder=True)
    headers = JSON_HEADERS | {"Authorization": f"Bearer {api.token}"}

    def post(_worker: int) -> int:
        url = f"{sandbox.url}/Invoice/GenerateDebtorInvoice"
        body = {"OrderNumber": number, "Date": "2026-01-08"}
        with requests.Session() as session:
            return int(session.post(url, json=body, headers=headers, timeout=20).json()["Err"])

    with ThreadPoolExecutor(16) as pool:
        errors = list(pool.map(post, range(16)))
    assert sorted(errors) == [0] + [18] * 15
    assert len(api.rows("DebtorInvoice")) == 1


def test_sixteen_threads_get_distinct_numbers(sandbox: Sandbox, open_company: Opener) -> None:
    api = open_company()
    api.sign_in()
    headers = JSON_HEADERS | {"Authorization": f"Bearer {api.token}"}

    def create(_worker: int) -> list[int]:
        with requests.Session() as session:
            session.headers.update(headers)
            url = f"{sandbox.url}/Crud/Insert/DebtorOrderClient"
            answers = [session.post(url, json={"Account": "1001"}, timeout=20) for _ in range(10)]
            return [answer.json()["OrderNumber"] for answer in answers]

    with ThreadPoolExecutor(16) as pool:
        numbers = [number for found in pool.map(create, range(16)) for number in found]
    assert sorted(numbers) == list(range(101, 261))


def test_secrets_are_nowhere_on_disk(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with SANDBOX.running(data) as sandbox:
        login = sandbox.control.create_company(debtors=[debtor()], password="a very secret word")
        other = sandbox.control.create_user("other", login.company)
        api = Api(sandbox.url, login)
        tokens = api.sign_in().body
        api.sign_in(Password="a wrong guess")
        api.basic("GET", "/odata/DebtorClient")
        renewed = api.send("POST", "/refresh", tokens["refreshToken"], JSON_HEADERS).body
        told = str([sandbox.control.users(), sandbox.control.log(login.company), sandbox.control.companies()])
        api.session.close()
        on_disk = b"".join(path.read_bytes() for path in data.iterdir())
    secrets = ["a very secret word", "a wrong guess", other]
    secrets += [tokens["token"], tokens["refreshToken"], renewed["token"], renewed["refreshToken"]]
    for secret in secrets:
        assert secret.encode() not in on_disk
        assert secret not in told


def test_a_company_that_could_not_be_opened_leaves_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with SANDBOX.running(data) as sandbox:
        with pytest.raises(ControlError, match="KeyExists"):
            sandbox.control.create_company(company=40001, debtors=[debtor(), debtor()])
        assert sandbox.control.companies() == []
    with SANDBOX.running(data) as sandbox:
        assert (sandbox.control.companies(), sandbox.control.users()) == ([], [])
        assert sandbox.control.create_company(company=40001).company == 40001
