"""The tasks behind the forms: preflight with its confirmation, and the linking of customers."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from airflow.sdk import get_current_context, task

from ledgerbridge.airflow import task_docs
from ledgerbridge.airflow.tasks import workplace_of

if TYPE_CHECKING:
    from ledgerbridge.delivery.desk import Desk
    from ledgerbridge.delivery.link_requests import Unlinked

__all__ = ["ACTIONS", "link_customers", "preflight"]

log = logging.getLogger(__name__)

ACTIONS = ("list", "link", "unlink", "create", "skip", "confirm")
_NEEDED = {
    "link": ("customer_number", "target_number"),
    "unlink": ("customer_number",),
    "create": ("customer_number",),
    "skip": ("customer_number",),
}


@task(doc_md=task_docs.PREFLIGHT)
def preflight(integration: str) -> dict[str, str]:
    """Check the agreement; with ``confirm`` in the form, switch the integration on."""
    from ledgerbridge.delivery import activation  # noqa: PLC0415
    from ledgerbridge.errors import Refusal  # noqa: PLC0415
    from ledgerbridge.reasons import Language  # noqa: PLC0415

    with workplace_of(integration) as workplace, workplace.desk(is_asked_for=True) as desk:
        workplace.gate.reopen(desk.target.probe, is_asked_for=True)
        result = activation.check_now(desk)
        for check in result.checks:
            log.info("%-14s %s", check.status.value, check.reason.sentence(Language.ENGLISH))
            log.info("%-14s %s", "", check.reason.sentence(Language.DANISH))
        if not result.passed:
            failed = ", ".join(check.item for check in result.checks if check.status.value == "failed")
            raise Refusal("preflight_failed", missing=failed)
        if get_current_context()["params"]["confirm"]:
            activation.confirm(desk)
            log.info("Confirmed by %s: %s is switched on.", workplace.actor, integration)
        return {check.item: check.status.value for check in result.checks}


@task(doc_md=task_docs.LINK)
def link_customers(integration: str) -> dict[str, Any]:
    """Carry out what the form asks for."""
    params = get_current_context()["params"]
    action, customer, target = params["action"], params["customer_number"], params["target_number"]
    with workplace_of(integration) as workplace, workplace.desk(is_asked_for=True) as desk:
        answer = _carry_out(desk, action, str(customer or "").strip(), str(target or "").strip())
    log.info("%s", answer["said"])
    return answer


def _carry_out(desk: Desk, action: str, customer: str, target: str) -> dict[str, Any]:
    from ledgerbridge.delivery import activation, link_requests  # noqa: PLC0415

    _require_complete(action, customer, target)
    match action:
        case "list":
            return _told(link_requests.list_unlinked(desk))
        case "link":
            return {"said": link_requests.link(desk, customer, target)}
        case "unlink":
            return {"said": link_requests.unlink(desk, customer)}
        case "create":
            return {"said": link_requests.create(desk, customer)}
        case "skip":
            return {"said": link_requests.skip(desk, customer)}
        case _:
            undecided = activation.confirm_linking(desk)
            return {
                "said": f"The linking is confirmed. {undecided} undecided customers go on waiting.",
                "undecided": undecided,
            }


def _require_complete(action: str, customer: str, target: str) -> None:
    from ledgerbridge.errors import Rejection  # noqa: PLC0415

    given = {"customer_number": customer, "target_number": target}
    missing = [name for name in _NEEDED.get(action, ()) if not given[name]]
    if missing:
        raise Rejection("link_form_incomplete", action=action, missing=", ".join(missing))


def _told(found: Unlinked) -> dict[str, Any]:
    """The list in the log, a line for each; the counts as the task's result."""
    for row in found.proposals.sources:
        likely = "; ".join(
            f"{item.target.number} {item.target.name} ({'+'.join(match.value for match in item.matches)}, {item.score})"
            for item in row.candidates[:5]
        )
        log.info("%s %s → %s", row.source.customer_number, row.source.name, likely or "–")
    with_candidates = sum(1 for row in found.proposals.sources if row.candidates)
    only_there = sum(1 for row in found.proposals.targets if not row.candidates)
    said = (
        f"{found.linked} linked; {len(found.proposals.sources)} without a link, {with_candidates} of them with a "
        f"likely counterpart; {only_there} customers in the accounts resemble nobody."
    )
    counts = {"linked": found.linked, "unlinked": len(found.proposals.sources), "with_candidates": with_candidates}
    return {"said": said, **counts}
