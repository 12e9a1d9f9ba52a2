"""P15: no secret in a log, the history, an error or a report, whatever goes wrong.

The target's tokens or password and the databases' passwords are canaries: random words that stand nowhere else. After
each trouble all that was written is searched for them, and for anything that has the form of a session's token. What
Airflow itself writes is searched in ``tests/end_to_end/test_secrets.py``.
"""

from __future__ import annotations

import base64
import gzip
import io
import logging
import random
import re
import string
import traceback
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2
import pytest
from healing import clean_run, everything_is_well_again, run
from psycopg2.extensions import make_dsn, parse_dsn
from rounds import in_rounds
from scoreboard import Score
from systems import of
from workers import PATIENCE, start_telling

from ledgerbridge.errors import LedgerbridgeError
from ledgerbridge.reasons import Language
from ledgerbridge.reconciliation.reports import ReportFormat, read_report
from ledgerbridge.records import Module
from ledgerbridge.source import database as source_database
from ledgerbridge.store import database as store_database
from sandbox.company import Company
from sandbox.grounds import Firm, Grounds, customer, invoice

NewFirm = Callable[..., Firm]

HENNY = customer(702)
# Where nothing listens: a port that only the system itself may use.
CLOSED = "1"


# Sessions' tokens are made by the target and known to nobody else: they are found by their form (RFC 7519).
_SESSION_TOKEN = re.compile(r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}")


def _canaries(firm: Firm) -> dict[str, str]:
    """By what they are; also as they would stand in an address or in a header of the basic kind."""
    addresses = firm.company.addresses
    plain = {
        **firm.company.tokens.secrets,
        "password of our database": str(parse_dsn(addresses.store_dsn)["password"]),
        "password of the source": str(parse_dsn(addresses.source_dsn)["password"]),
    }
    written = {f"{name}, quoted": quote(secret, safe="") for name, secret in plain.items()}
    written |= {
        f"{name}, base64": base64.b64encode(secret.encode()).decode().rstrip("=") for name, secret in plain.items()
    }
    return plain | {name: text for name, text in written.items() if text not in plain.values()}


def _found(firm: Firm, text: str) -> list[str]:
    found = [name for name, secret in _canaries(firm).items() if secret in text]
    return [*found, "a session's token"] if _SESSION_TOKEN.search(text) else found


# Everything that was written.


def _unpacked(content: bytes) -> Iterator[bytes]:
    """The bytes, and what they are the packing of."""
    yield content
    if content.startswith(b"\x1f\x8b"):
        yield from _unpacked(gzip.decompress(content))
    elif content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for name in packed.namelist():
                yield packed.read(name)


def _rows(dsn: str) -> Iterator[tuple[str, str]]:
    """Table and column by column, every value of a database as text."""
    with closing(psycopg2.connect(dsn)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) FROM information_schema.tables "
            "WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
        )
        tables = [name for (name,) in cursor.fetchall()]
        assert len(tables) > 10, f"the search did not look at our tables: {tables}"
        for table in tables:
            cursor.execute(f"SELECT * FROM {table}")
            names = [column.name for column in cursor.description or ()]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    parts = _unpacked(bytes(value)) if isinstance(value, memoryview) else [str(value).encode()]
                    for part in parts:
                        yield f"{table}.{name}", part.decode(errors="replace")


def _leaks(firm: Firm, said: str) -> list[str]:
    leaks = [f"log: {name}" for name in _found(firm, said)]
    everything = 0
    for place, text in _rows(firm.company.addresses.store_dsn):
        everything += len(text)
        leaks += [f"{place}: {name}" for name in _found(firm, text)]
    assert everything > 5000, "the search looked at an empty database"
    return leaks


# What goes wrong.


def _moved(company: Company, **changes: Any) -> Company:
    """The same company with other addresses."""
    return replace(company, addresses=replace(company.addresses, **changes))


def _target_moved(company: Company, **changes: Any) -> Company:
    target: Any = company.addresses.target
    return _moved(company, target=replace(target, **changes))


def _dsn(dsn: str, **parts: str) -> str:
    return str(make_dsn(dsn, **parts))


def _as_it_is(firm: Firm) -> Company:
    return firm.company


def _revoked(firm: Firm) -> Company:
    firm.books.revoke()
    return firm.company


def _no_role(firm: Firm) -> Company:
    firm.books.take_rights()
    return firm.company


def _answers(effect: str, **more: object) -> Callable[[Firm], Company]:
    def spoil(firm: Firm) -> Company:
        firm.control.add_fault(effect, match=firm.books.match(probability=0.5), **more)
        return firm.company

    return spoil


def _elsewhere(url: str) -> Callable[[Firm], Company]:
    return lambda firm: _target_moved(firm.company, url=url)


def _secret_that_no_header_can_hold(firm: Firm) -> Company:
    accounts = firm.company.accounts
    parts = replace(accounts.parts, password=f"{accounts.parts.password}\n☃")
    return _moved(firm.company, target=replace(accounts, parts=parts).connection)


def _database(which: str, **parts: str) -> Callable[[Firm], Company]:
    def move(firm: Firm) -> Company:
        there: str = getattr(firm.company.addresses, which)
        return _moved(firm.company, **{which: _dsn(there, **parts)})

    return move


TROUBLES: dict[str, Callable[[Firm], Company]] = {
    "none": _as_it_is,
    "401": _revoked,
    "403": _no_role,
    "500": _answers("status", status=500, when="before"),
    "429": _answers("status", status=429, retryAfter=0),
    "lost answers": _answers("drop_after_commit"),
    "pages instead of answers": _answers("html", when="after", status=502),
    "wrong types": _answers("wrong_types"),
    "nobody listens": _elsewhere(f"http://127.0.0.1:{CLOSED}"),
    "no such host": _elsewhere("http://ikke-her.invalid"),
    "no address": _elsewhere("ikke en adresse"),
    "a secret that no header can hold": _secret_that_no_header_can_hold,
    "source: nobody listens": _database("source_dsn", port=CLOSED),
    "source: no such database": _database("source_dsn", dbname="ikke_her"),
    "source: no such user": _database("source_dsn", user="ingen"),
    "our database: nobody listens": _database("store_dsn", port=CLOSED),
    "our database: no such database": _database("store_dsn", dbname="ikke_her"),
    "our database: no such user": _database("store_dsn", user="ingen"),
}


# What `make test` has time for; each of the others is a moment of the same kind as one of these.
IN_THE_SHORT_FORM = (
    "401",
    "403",
    "500",
    "lost answers",
    "nobody listens",
    "no address",
    "a secret that no header can hold",
    "source: nobody listens",
    "our database: no such user",
)


@pytest.mark.spec("P15", "P18")
@in_rounds(1, divisor=50)
def test_whatever_goes_wrong_a_worker_tells_no_secret(
    new_firm: NewFirm, rounds: int, tmp_path: Path, score: Score
) -> None:
    """Its log at every level, its errors with all that stands behind them, our database, and the reports."""
    said = tmp_path / "said.log"
    for turn in score.turns(rounds):
        firm = new_firm([HENNY], loading={"timeout_seconds": 1})
        told_before = 0
        for number, name in enumerate(TROUBLES if rounds > 1 else IN_THE_SHORT_FORM):
            firm.add([customer(8000 + number)], [invoice(7000 + 2 * number + n, HENNY) for n in range(2)])
            firm.source('UPDATE "Customer" SET "City" = %s WHERE "CustomerID" = 702', f"By {number}")
            worker = start_telling(TROUBLES[name](firm), f"told-{turn}-{number}", said)
            worker.join(PATIENCE * 2)
            assert worker.exitcode == 0, f"{name}: the worker ended with {worker.exitcode}: {said.read_text()[-2000:]}"
            told = said.read_text(encoding="utf-8")
            assert len(told) > told_before + 500, f"{name}: the worker's log was not kept"
            assert _found(firm, told[told_before:]) == [], f"{name}: in the log:\n{told[told_before:]}"
            told_before = len(told)
            everything_is_well_again(firm)
        clean_run(firm)
        score.round(firm, f"round {turn}")
        score.reconciled(firm)
        leaks = _leaks(firm, said.read_text(encoding="utf-8"))
        assert leaks == [], f"round {turn}: secrets stand in: {leaks}"
        with closing(firm.company.store()) as store:
            for language in Language:
                for kind in ReportFormat:
                    for part in _unpacked(read_report(store, firm.name, language, kind)):
                        assert _found(firm, part.decode(errors="replace")) == [], f"in the {kind} report"
    assert "DEBUG:urllib3" in said.read_text(encoding="utf-8"), "the libraries' own words were not searched"


@pytest.mark.spec("P15")
def test_no_object_shows_the_secrets_that_it_holds(
    new_firm: NewFirm, system: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever is printed by mistake, in a debugger or by a log with locals."""
    caplog.set_level(logging.DEBUG)
    firm = new_firm([HENNY], [invoice(1, HENNY)])
    run(firm.company, Module.CUSTOMERS)
    with firm.company.workplace("shown") as workplace, workplace.desk() as desk:
        desk.target.probe()  # so that there is a session
        shown = [f"{type(item).__qualname__}: {item!r} {item!s}" for item in _reachable(firm, workplace, desk)]
    names = {line.split(":", 1)[0] for line in shown}
    wanted = {"Firm", "Company", "Addresses", "Workplace", "Gate", "Desk", "HttpSeam", *of(system).holders}
    assert wanted <= names, f"the search did not reach {wanted - names}"
    assert [line.split(":", 1)[0] for line in shown if _found(firm, line)] == []
    assert _found(firm, caplog.text) == []


def _reachable(*roots: object) -> list[object]:
    """Everything of ours that hangs together with these, through attributes and closures."""
    found: list[object] = []
    waiting, seen = list(roots), set()
    while waiting:
        item = waiting.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        if type(item).__module__.startswith(("ledgerbridge", "sandbox")):
            found.append(item)
            slots = [name for kind in type(item).__mro__ for name in getattr(kind, "__slots__", ())]
            waiting += [getattr(item, name) for name in slots if hasattr(item, name)]
            waiting += list(vars(item).values()) if hasattr(item, "__dict__") else []
        elif callable(item):
            waiting += [cell.cell_contents for cell in getattr(item, "__closure__", None) or ()]
    return found


# What means something in an address or in a list of settings.
_AWKWARD = "@:/?#&= '\\+æ[]"


def _connect_to_the_source(dsn: str) -> object:
    return source_database.connect(dsn)


def _connect_to_our_own(dsn: str) -> object:
    return store_database.connect(dsn)


@pytest.mark.spec("P15")
@in_rounds(3 * len(_AWKWARD))
@pytest.mark.parametrize(
    ("connect", "is_escaped"),
    [(_connect_to_the_source, True), (_connect_to_the_source, False), (_connect_to_our_own, True)],
    ids=["source", "source, as somebody typed it", "our own"],
)
def test_a_connection_that_fails_does_not_quote_its_password(
    connect: Callable[[str], object], rounds: int, chance: random.Random, score: Score, *, is_escaped: bool
) -> None:
    """libpq quotes what it cannot read, and a password with an @ in an address slips into the host's name."""
    letters = string.ascii_letters + string.digits
    for turn in score.turns(rounds):
        halves = ["".join(chance.choices(letters, k=12)) for _ in range(2)]
        password = _AWKWARD[turn % len(_AWKWARD)].join(halves)
        written = quote(password, safe="") if is_escaped else password
        listed = make_dsn(password=password) if is_escaped else f"password={password}"
        forms = (
            f"postgresql://nordlys:{written}@127.0.0.1:{CLOSED}/time",
            f"postgresql://nordlys:{written}@127.0.0.1:{CLOSED}/time?sslmode=disable",
            f"host=127.0.0.1 port={CLOSED} user=nordlys {listed} dbname=time",
        )
        dsn = forms[turn // len(_AWKWARD) % len(forms)]
        with pytest.raises((LedgerbridgeError, psycopg2.Error)) as caught:
            connect(dsn)
        told = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
        quoted = [half for half in halves if half in told]
        score.ended(healed=int(not quoted))
        assert quoted == [], f"round {turn}: {password!r} in {dsn!r} is told: {told[-800:]}"


@pytest.mark.spec("P15")
def test_a_percent_sign_in_a_password_that_was_not_escaped_is_told_without_it() -> None:
    with pytest.raises(LedgerbridgeError):
        source_database.connect(f"postgresql://nordlys:hemmelig%B1ord@127.0.0.1:{CLOSED}/time")


def test_the_search_would_find_one(grounds: Grounds) -> None:
    firm = grounds.firm([HENNY], [invoice(1, HENNY)])
    for module in Module:
        run(firm.company, module)
    secret = firm.company.tokens.grant
    assert _leaks(firm, f"X-AgreementGrantToken: {secret}") == ["log: grant"]
    firm.ours("UPDATE archive SET pdf = %s", psycopg2.Binary(gzip.compress(f"({secret})".encode())))
    assert _leaks(firm, "") == ["ledgerbridge.archive.pdf: grant"]
