"""Airflow's retries by what an error is: its class says whether trying again can help (P5 to P7)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk.definitions.retry_policy import RetryDecision, RetryPolicy

from ledgerbridge.errors import InDoubt, NeedsGrant, Refusal, Rejection, TryAgain

if TYPE_CHECKING:
    from airflow.sdk.definitions.context import Context

__all__ = ["ByKindOfError"]


class ByKindOfError(RetryPolicy):
    """Try again what may pass by itself; fail at once what a person must mend.

    ``settle_seconds``: how long an unknown outcome is left alone before the target is asked.
    """

    def __init__(self, settle_seconds: int) -> None:
        self.settle_seconds = settle_seconds

    def evaluate(
        self, exception: BaseException, try_number: int, max_tries: int, context: Context | None = None
    ) -> RetryDecision:
        """Decide by the error's class; other errors follow the task's own settings."""
        del try_number, max_tries, context
        match exception:
            case NeedsGrant() | Refusal() | Rejection():
                return RetryDecision.fail(str(exception))
            case TryAgain(after_seconds=int(seconds)):
                return RetryDecision.retry(timedelta(seconds=seconds), str(exception))
            case InDoubt():
                return RetryDecision.retry(timedelta(seconds=self.settle_seconds), str(exception))
            case _:
                return RetryDecision.default()

    def serialize(self) -> dict[str, Any]:
        """For Airflow's serialised DAGs."""
        return {"__type": type(self).__name__, "settle_seconds": self.settle_seconds}

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> ByKindOfError:
        """What :meth:`serialize` wrote."""
        return cls(int(data["settle_seconds"]))
