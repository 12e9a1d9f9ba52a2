"""Airflow's retries by the kind of an error (P5 to P7)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from airflow.sdk.definitions.retry_policy import RetryAction

from ledgerbridge.airflow.retrying import ByKindOfError
from ledgerbridge.errors import (
    InDoubt,
    LedgerbridgeError,
    NeedsGrant,
    NotSettledYet,
    NumberTaken,
    Refusal,
    Rejection,
    SettingsInvalid,
    SourceUnavailable,
    TryAgain,
    WaitsForPerson,
)

CODE = "nothing_to_do"  # any code; the class alone decides


@pytest.mark.parametrize("kind", [NeedsGrant, Refusal, SettingsInvalid, Rejection, NumberTaken, WaitsForPerson])
def test_what_a_person_must_mend_is_not_tried_again(kind: type[LedgerbridgeError]) -> None:
    assert ByKindOfError(60).evaluate(kind(CODE), 1, 3).action is RetryAction.FAIL


@pytest.mark.parametrize("kind", [InDoubt, NotSettledYet])
def test_a_doubt_is_looked_into_when_it_has_settled(kind: type[LedgerbridgeError]) -> None:
    decision = ByKindOfError(60).evaluate(kind(CODE), 1, 3)
    assert (decision.action, decision.retry_delay) == (RetryAction.RETRY, timedelta(seconds=60))


def test_the_other_sides_own_wish_is_kept() -> None:
    decision = ByKindOfError(60).evaluate(TryAgain(CODE, after_seconds=1800), 1, 3)
    assert (decision.action, decision.retry_delay) == (RetryAction.RETRY, timedelta(minutes=30))


@pytest.mark.parametrize("error", [SourceUnavailable(CODE), TryAgain(CODE), ValueError("unforeseen")])
def test_everything_else_follows_the_tasks_own_settings(error: Exception) -> None:
    assert ByKindOfError(60).evaluate(error, 1, 3).action is RetryAction.DEFAULT


def test_it_survives_its_own_serialisation() -> None:
    assert ByKindOfError.deserialize(ByKindOfError(17).serialize()).settle_seconds == 17
