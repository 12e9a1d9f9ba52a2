"""The faults of this stand-in, and the answers it makes up for them (contract 5.4, 15.9)."""

from __future__ import annotations

from typing import Final

from sandbox.standin.faults import AFTER, BEFORE, COMMON_EFFECTS, Fault, FaultKinds
from sandbox.standin.reply import Reply
from sandbox.standin.spoiling import page_or_nothing, retry_after
from sandbox.uniconta.errors import plain

FAULTS: Final = FaultKinds(
    callers=("company", "user"),
    statuses=(500, 503, 429, 408, 401, 403, 404),
    effects=COMMON_EFFECTS | {"plain_text": (BEFORE, AFTER), "refusal": (BEFORE, AFTER)},
    texts={"plain_text": "ArgumentMissing", "refusal": "ServerIsBusy"},
)


def fake_answer(fault: Fault) -> Reply:
    """An answer made up without handling the request, or in place of the real one."""
    if fault.effect == "plain_text":
        return plain(200, fault.text)
    if fault.effect == "refusal":
        return Reply.json(400, fault.text)
    return page_or_nothing(fault) or plain(fault.status, "Injected fault.", retry_after(fault))
