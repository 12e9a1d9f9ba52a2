"""What a task's log says to on-call: the code, the English sentence, then the Danish one."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2

from ledgerbridge.errors import LedgerbridgeError, TryAgain
from ledgerbridge.reasons import Language, Reason

__all__ = ["in_both_languages", "tell"]

log = logging.getLogger(__name__)


def tell(reason: Reason, about: str = "", level: int = logging.ERROR) -> None:
    """One line in each language; ``about`` names the record and its state."""
    lead = f"{about}: " if about else ""
    log.log(level, "%s[%s] %s", lead, reason.code, reason.sentence(Language.ENGLISH))
    log.log(level, "%s[%s] %s", lead, reason.code, reason.sentence(Language.DANISH))


@contextmanager
def in_both_languages() -> Iterator[None]:
    """Tell whatever ends the task in both languages before Airflow logs the error itself.

    Raises:
        TryAgain: our own database does not answer; its driver's error says neither what nor what to do.
    """
    try:
        yield
    except LedgerbridgeError as error:
        tell(error.reason)
        raise
    except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
        unreachable = TryAgain("store_unreachable", cause=" ".join(str(error).split()))
        tell(unreachable.reason)
        raise unreachable from error
