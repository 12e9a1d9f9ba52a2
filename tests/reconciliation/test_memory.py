"""Both sides may be long; what is held in memory is not (``promises``: 100,000 invoices in bounded memory)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")

MEASURE = """
import re, sys
from pathlib import Path
from dataclasses import replace
from ledgerbridge.reconciliation.compare import reconcile_invoices
from ledgerbridge.reconciliation.reports import write_reports
from ledgerbridge.store.database import connect
from reconciliation import sample

length, with_reports = int(sys.argv[2]), sys.argv[3] == "reports"
first = sample.source(1, sample.dkk("1234.40"))

def sources():
    for number in range(length):
        locator, booked = f"prod-nordlys-inv-{number}", str(number)
        yield replace(first, source_id=f"inv-{number}", locator=locator, number_in_source=booked)

def targets():
    for number in range(length):
        yield sample.target(first, locator=f"prod-nordlys-inv-{number}", number=str(number), order_number=None)

result = reconcile_invoices(
    connect(sys.argv[1]), "long", sample.PERIOD, sources(), targets(), run_id="run", now=sample.NOW
)
assert result.counts == {"agrees": length}, result.counts
if with_reports:
    write_reports(connect(sys.argv[1]), [result.reconciliation_id], sample.HEADER)
# Not ru_maxrss: a child starts with its parent's.
print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""


def kibibytes(dsn: str, length: int, what: str) -> int:
    """The greatest resident memory of a process of its own."""
    here = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, dsn, str(length), what],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": f"{here}:{here.parent / 'include'}", "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@pytest.mark.parametrize(
    ("what", "few", "many", "allowed"),
    [
        # Four thousand are enough to have filled every buffer that is filled at all.
        ("compared", 4_000, 23_000, 4_096),
        ("reports", 1_000, 3_500, 4_096),  # the packed files themselves are held while they are stored
    ],
)
def test_many_times_the_invoices_take_the_same_memory(dsn: str, what: str, few: int, many: int, allowed: int) -> None:
    kibibytes(dsn, 1, what)  # the first process compiles what it imports, which takes megabytes of its own
    grown = kibibytes(dsn, many, what) - kibibytes(dsn, few, what)
    assert grown < allowed, f"{grown} KiB more for {many - few} more invoices"
