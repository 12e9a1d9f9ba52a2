"""What ends a task is told twice: in English and in Danish."""

from __future__ import annotations

import logging

import psycopg2
import pytest

from ledgerbridge.airflow.telling import in_both_languages, tell
from ledgerbridge.errors import Rejection, TryAgain
from ledgerbridge.reasons import Reason


@pytest.mark.spec("X-6")
def test_an_error_is_told_in_both_languages_and_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Rejection), in_both_languages():
        raise Rejection("decision_invoice_unknown", number="4711")
    english, danish = (record.getMessage() for record in caplog.records)
    assert english.startswith("[decision_invoice_unknown] No rejected")
    assert danish.startswith("[decision_invoice_unknown] Ingen afvist")
    assert "4711" in english
    assert "4711" in danish


@pytest.mark.spec("P15")
def test_our_own_database_not_answering_is_told_without_its_password(caplog: pytest.LogCaptureFixture) -> None:
    dsn = "host=127.0.0.1 port=9 user=ledgerbridge password=canary-71 dbname=ledgerbridge connect_timeout=2"
    with pytest.raises(TryAgain) as caught, in_both_languages():
        psycopg2.connect(dsn)
    assert caught.value.reason.code == "store_unreachable"
    assert "tries again" in caplog.text
    assert "prøver selv igen" in caplog.text
    assert "canary-71" not in caplog.text + str(caught.value)


def test_a_record_is_named_before_its_reason(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    tell(Reason("nothing_to_do"), "rejected 17", logging.INFO)
    assert [record.getMessage().split("]")[0] for record in caplog.records] == ["rejected 17: [nothing_to_do"] * 2
