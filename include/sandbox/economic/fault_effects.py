"""The faults of this stand-in, and the answers it makes up for them (contract 8.11)."""

from __future__ import annotations

from typing import Final

from sandbox.standin.faults import Fault, FaultKinds
from sandbox.standin.reply import Reply
from sandbox.standin.spoiling import page_or_nothing, retry_after

FAULTS: Final = FaultKinds(callers=("agreement",), statuses=(500, 503, 429))


def fake_answer(fault: Fault) -> Reply:
    """An answer made up without handling the request, or in place of the real one."""
    body = {"message": "Injected fault.", "developerHint": "A fault rule of the sandbox struck."}
    refusal = Reply.json(fault.status, body | {"httpStatusCode": fault.status}, retry_after(fault))
    return page_or_nothing(fault) or refusal
