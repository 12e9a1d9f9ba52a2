"""The reconciliations, their files, and the evidence pack (X-1, TL-11, P19)."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from contextlib import closing

import pytest
from porch import Porch
from reading import rows_in, text_of

from ledgerbridge.comparing.run import reconcile
from ledgerbridge.pages.works import Right
from ledgerbridge.reconciliation.facts import Period
from ledgerbridge.store import history
from sandbox.grounds import Firm


def _compare(firm: Firm) -> int:
    with firm.company.workplace("reconciliation/1") as workplace:
        return reconcile(workplace, Period(None, None)).invoices.reconciliation_id


def test_before_the_first(porch: Porch, firm: Firm) -> None:
    with porch.client(Right.READ) as http:
        assert "not been compared yet" in text_of(http.get(f"/{firm.name}/reconciliation").text)


@pytest.mark.spec("X-1", "TL-11")
def test_the_newest_and_the_former_ones_with_their_files(porch: Porch, firm: Firm) -> None:
    first = _compare(firm)
    firm.control.act(firm.agreement, "DELETE", "/invoices/drafts/1")
    second = _compare(firm)
    with porch.client(Right.READ) as http:
        page = http.get(f"/{firm.name}/reconciliation").text
        assert f"Comparison {second}" in text_of(page)
        assert len(rows_in(page)) == 2
        assert f"Comparison {first}" in text_of(http.get(f"/{firm.name}/reconciliation/{first}").text)
        for extension, beginning in (("html", b"<!DOCTYPE html>"), ("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")):
            answer = http.get(f"/{firm.name}/reconciliation/{second}/report.{extension}")
            assert answer.status_code == 200
            assert answer.content.startswith(beginning), extension
        english = http.get(f"/{firm.name}/reconciliation/{second}/report.html").text
        danish = http.get(f"/{firm.name}/reconciliation/{second}/report.html", headers={"Accept-Language": "da"}).text
    assert 'lang="en"' in english
    assert 'lang="da"' in danish


@pytest.mark.spec("X-1", "P19")
def test_the_evidence_pack_proves_what_it_holds(porch: Porch, firm: Firm) -> None:
    number = _compare(firm)
    with closing(firm.company.store()) as store:
        history.seal(store)
        seal = history.last_seal(store)
    with porch.client(Right.READ) as http:
        answer = http.get(f"/{firm.name}/reconciliation/{number}/evidence.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as pack:
        told = json.loads(pack.read("evidence.json"))
        assert set(pack.namelist()) - {"evidence.json"} == set(told["files"])
        assert len(told["files"]) == 6
        for name, digest in told["files"].items():
            assert hashlib.sha256(pack.read(name)).hexdigest() == digest
    assert seal is not None
    assert told["history"]["chain_hash"] == seal["chain_hash"]
    assert told["reconciliation"] == number
    assert told["counts"]
