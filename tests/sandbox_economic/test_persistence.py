"""A restart has everything again; a killed sandbox loses nothing that it answered."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests

from sandbox.economic.control import Tokens
from sandbox.standin.jsontext import encode

from .conftest import Opener
from .server import JSON_HEADERS, SANDBOX, Api, Sandbox, customer, draft, line

PLENTY = {"rate_limit_tokens": 10**9}


def everything(sandbox: Sandbox, tokens: Tokens) -> dict[str, object]:
    """All that must survive."""
    control = sandbox.control
    return {
        "ledger": control.ledger(tokens.agreement),
        "agreement": control.agreement(tokens.agreement),
        "counters": control.counters(tokens.agreement),
        "log": control.log(tokens.agreement),
        "knobs": control.knobs(tokens.agreement),
        "faults": control.faults(),
        "offset": control.clock()["offset"],
    }


def test_a_restart_has_everything_again(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with SANDBOX.running(data) as sandbox:
        tokens = sandbox.control.create_agreement(customers=[customer()], knobs=PLENTY)
        api = Api(sandbox.url, tokens)
        first = api.post("/invoices/drafts", draft(line(unitNetPrice=5), references={"other": "æøå #l-1"}), key="k")
        api.made("/invoices/drafts", draft())
        api.made("/invoices/booked", {"draftInvoice": {"draftInvoiceNumber": 2}})
        sandbox.control.advance(120)
        sandbox.control.set_knobs(pdf_delay_seconds=9)
        sandbox.control.add_fault("status", match={"method": "PATCH", "probability": 0.25, "seed": 3})
        sandbox.control.mark(tokens.agreement)
        before = everything(sandbox, tokens)
        api.session.close()
    with SANDBOX.running(data) as sandbox:
        assert everything(sandbox, tokens) == before
        api = Api(sandbox.url, tokens)
        again = api.post("/invoices/drafts", draft(line(unitNetPrice=5), references={"other": "æøå #l-1"}), key="k")
        assert (again.raw, again.headers["X-ResultFromCache"]) == (first.raw, "true")
        assert api.made("/invoices/drafts", draft())["draftInvoiceNumber"] == 3
        sandbox.control.advance(3600)
        late = api.post("/invoices/drafts", draft(line(unitNetPrice=5), references={"other": "æøå #l-1"}), key="k")
        assert late.body["draftInvoiceNumber"] == 4
        api.session.close()


def test_a_killed_sandbox_has_every_answered_draft(tmp_path: Path) -> None:
    data = tmp_path / "data"
    sandbox = SANDBOX.start(data)
    tokens = sandbox.control.create_agreement(customers=[customer()], knobs=PLENTY)

    def create(worker: int) -> list[tuple[int, str]]:
        """Create drafts until the connection breaks."""
        answered = []
        api = Api(sandbox.url, tokens)
        try:
            for at in range(1000):
                reference = f"w{worker}-{at}"
                body = api.made("/invoices/drafts", draft(references={"other": reference}))
                answered.append((int(body["draftInvoiceNumber"]), reference))
                if worker == 0 and at == 10:
                    sandbox.process.kill()
        except (requests.RequestException, OSError):
            pass
        finally:
            api.session.close()
        return answered

    with ThreadPoolExecutor(4) as pool:
        answered = [pair for pairs in pool.map(create, range(4)) for pair in pairs]
    sandbox.stop(kill=True)
    assert len(answered) >= 11
    with SANDBOX.running(data) as again:
        drafts = again.control.ledger(tokens.agreement)["drafts"]
        stored = {d["draftInvoiceNumber"]: d["references"]["other"] for d in drafts}
        assert dict(answered).items() <= stored.items()
        assert again.control.counters(tokens.agreement)["writesTotal"] == len(stored)
        api = Api(again.url, tokens)
        assert api.made("/invoices/drafts", draft())["draftInvoiceNumber"] == max(stored) + 1
        api.session.close()


def test_sixteen_threads_get_distinct_numbers(sandbox: Sandbox, open_agreement: Opener) -> None:
    api = open_agreement()

    def create(worker: int) -> list[int]:
        with requests.Session() as session:
            session.headers.update(api.tokens.headers | JSON_HEADERS)
            body = encode(draft(references={"other": f"worker {worker}"}))
            answers = [session.post(f"{sandbox.url}/invoices/drafts", data=body, timeout=20) for _ in range(10)]
            return [answer.json()["draftInvoiceNumber"] for answer in answers]

    with ThreadPoolExecutor(16) as pool:
        numbers = [number for found in pool.map(create, range(16)) for number in found]
    assert sorted(numbers) == list(range(1, 161))


def test_sixteen_threads_with_one_key_make_one_draft(sandbox: Sandbox, open_agreement: Opener) -> None:
    api = open_agreement()
    body = encode(draft())
    headers = api.tokens.headers | JSON_HEADERS | {"Idempotency-Key": "the same"}

    def create(_worker: int) -> int:
        with requests.Session() as session:
            answer = session.post(f"{sandbox.url}/invoices/drafts", data=body, headers=headers, timeout=20)
            return int(answer.json()["draftInvoiceNumber"])

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(create, range(16))) == {1}
    assert api.get("/invoices/drafts").body["pagination"]["results"] == 1


def test_tokens_are_nowhere_on_disk(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with SANDBOX.running(data) as sandbox:
        tokens = sandbox.control.create_agreement(customers=[customer()])
        api = Api(sandbox.url, tokens)
        api.made("/invoices/drafts", draft())
        api.session.close()
        everything_on_disk = b"".join(path.read_bytes() for path in data.iterdir())
    for token in (tokens.app_secret, tokens.grant):
        assert token.encode() not in everything_on_disk


def test_a_fixed_port_is_free_again_after_a_kill(tmp_path: Path) -> None:
    first = SANDBOX.start(tmp_path / "data")
    port = first.url.rpartition(":")[2]
    first.stop(kill=True)
    with socket.create_server(("127.0.0.1", int(port)), reuse_port=False):
        pass
