"""100,000 records of each module: no list page may take long (the p95 of 200 requests is below 300 ms)."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from porch import Porch, opened

from ledgerbridge.pages.works import Right
from sandbox.grounds import Firm, Grounds, customer

HERE = Path(__file__).parent
RECORDS = 100_000


@pytest.fixture
def porch(grounds: Grounds) -> Iterator[Porch]:
    firm = grounds.firm([customer(1)])
    _fill(firm)
    with opened(firm) as served:
        yield served


def _fill(firm: Firm) -> None:
    text = (HERE / "many_records.sql").read_text(encoding="utf-8")
    with closing(firm.company.store()) as store, store.cursor() as cursor:
        cursor.execute(text, {"name": firm.name, "records": RECORDS})


def _addresses(name: str, chance: random.Random) -> list[str]:
    pages = chance.sample(range(1, 1500), 8)
    lists = [f"/{name}/transfers/invoices?tab=transferred&page={page}" for page in pages]
    lists += [f"/{name}/transfers/invoices?tab=open&page={page}" for page in pages[:3]]
    lists += [f"/{name}/transfers/invoices?tab=transferred&number={chance.randrange(RECORDS)}" for _ in range(3)]
    lists += [
        f"/{name}/transfers/invoices?tab=transferred&name=Kunde+{chance.randrange(9)}&least=900" for _ in range(3)
    ]
    lists += [
        f"/{name}/transfers/invoices?first_day=2026-03-01&last_day=2026-03-31",
        f"/{name}/transfers/customers?tab=aside",
    ]
    lists += [
        f"/{name}/customers?tab={tab}&page={page}" for tab in ("one", "several", "none", "unlinked") for page in (1, 40)
    ]
    lists += [f"/{name}/products?tab=every&page={page}" for page in (1, 20)]
    lists += [
        f"/{name}/reconciliation?{query}" for query in ("", "of=everything&page=1900", "of=everything&words=Kunde+77")
    ]
    return [*lists, f"/{name}", "/"]


@pytest.mark.spec("CT-11")
@pytest.mark.parametrize(
    "times",
    [pytest.param(3, id="short"), pytest.param(200, id="long", marks=[pytest.mark.long, pytest.mark.timeout(3600)])],
)
def test_a_list_page_of_100_000_records_comes_quickly(porch: Porch, times: int) -> None:
    (name,) = porch.street.firms
    addresses = _addresses(name, random.Random(1))
    slow = {}
    with porch.client(Right.ACT) as http:
        for address in addresses:
            seconds = []
            for _ in range(times):
                began = time.perf_counter()
                answer = http.get(address)
                seconds.append(time.perf_counter() - began)
                assert answer.status_code == 200, answer.text
            at_95 = sorted(seconds)[int(len(seconds) * 0.95) - (len(seconds) > 20)]
            print(f"{at_95 * 1000:6.0f} ms  {address}")
            slow[address] = at_95
    # The short form shares its machine with other tests; the long one is the measurement.
    limit = 0.3 if times > 20 else 1.5
    assert {address: seconds for address, seconds in slow.items() if seconds > limit} == {}
