"""A worker of its own that logs everything at every level, and all that it has said by the time it ends (P15)."""

from __future__ import annotations

import logging
import os
import sys
import traceback
from pathlib import Path

from healing import run

from ledgerbridge.records import Module
from sandbox.company import Company

__all__ = ["tell_everything"]

log = logging.getLogger(__name__)


def tell_everything(company: Company, run_id: str, file: str) -> None:
    """Run each module with what is written to stdout and stderr kept in ``file``; errors are told at full length."""
    with Path(file).open("a", encoding="utf-8") as said:
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
    logging.basicConfig(level=logging.DEBUG, stream=sys.stderr, force=True)
    for module in Module:
        try:
            stopped = run(company, module, f"{run_id}-{module}")
        except Exception as error:
            log.exception("%s ended early", module)
            _tell(error)
        else:
            if stopped is not None:
                _tell(stopped)
    print(repr(company), repr(company.addresses), company.addresses, company.tokens, sep="\n", flush=True)
    logging.shutdown()


def _tell(error: BaseException) -> None:
    """As any handler may print it, with everything that stands behind it."""
    seen: BaseException | None = error
    while seen is not None:
        print(str(seen), repr(seen), repr(seen.args), sep="\n", flush=True)
        seen = seen.__cause__ or seen.__context__
    traceback.print_exception(error)
