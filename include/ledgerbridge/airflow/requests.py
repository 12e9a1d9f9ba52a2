"""The tasks behind the forms: preflight with its confirmation, and the linking of customers."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from airflow.sdk import get_current_context, task

from ledgerbridge.airflow import task_docs
from ledgerbridge.airflow.tasks import workplace_of
from ledgerbridge.airflow.telling import tell
from ledgerbridge.reasons import Language, Reason

if TYPE_CHECKING:
    from ledgerbridge.delivery.desk import Desk
    from ledgerbridge.linking.candidates import SourceRow

__all__ = ["ACTIONS", "link_customers", "preflight"]

log = logging.getLogger(__name__)

ACTIONS = ("list", "link", "unlink", "create", "skip", "confirm")
_MOST_CANDIDATES = 5
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
    customer, target = str(customer or "").strip(), str(target or "").strip()
    with workplace_of(integration) as workplace, workplace.desk(is_asked_for=True) as desk:
        _require_complete(action, customer, target)
        if action == "list":
            return _told(desk)
        done = _carry_out(desk, action, customer, target)
        tell(done, level=logging.INFO)
        return {"said": done.sentence(Language.ENGLISH)}


def _carry_out(desk: Desk, action: str, customer: str, target: str) -> Reason:
    from ledgerbridge.delivery import activation, link_requests  # noqa: PLC0415

    match action:
        case "link":
            return link_requests.link(desk, customer, target)
        case "unlink":
            return link_requests.unlink(desk, customer)
        case "create":
            return link_requests.create(desk, customer)
        case "skip":
            return link_requests.skip(desk, customer)
        case _:
            return Reason("linking_confirmed", {"undecided": str(activation.confirm_linking(desk))})


def _require_complete(action: str, customer: str, target: str) -> None:
    from ledgerbridge.errors import Rejection  # noqa: PLC0415

    given = {"customer_number": customer, "target_number": target}
    missing = [name for name in _NEEDED.get(action, ()) if not given[name]]
    if missing:
        raise Rejection("link_form_incomplete", action=action, missing=", ".join(missing))


def _told(desk: Desk) -> dict[str, Any]:
    """The list in the log, a line for each; the counts as the task's result."""
    from ledgerbridge.delivery import link_requests  # noqa: PLC0415

    found = link_requests.list_unlinked(desk)
    for language in Language:
        log.info("--- %s ---", Reason("linking_list").text(language))
        for row in found.proposals.sources:
            log.info("%s", _likely(row).text(language))
    counts = {
        "linked": found.linked,
        "unlinked": len(found.proposals.sources),
        "with_candidates": sum(1 for row in found.proposals.sources if row.candidates),
        "only_there": sum(1 for row in found.proposals.targets if not row.candidates),
    }
    listed = Reason("linking_listed", {name: str(count) for name, count in counts.items()})
    tell(listed, level=logging.INFO)
    return {"said": listed.sentence(Language.ENGLISH), **counts}


def _likely(row: SourceRow) -> Reason:
    """A customer without a link, and who it may be in the accounts, the likeliest first."""
    from ledgerbridge.linking.candidates import candidates_in_words  # noqa: PLC0415

    candidates = candidates_in_words(row.candidates[:_MOST_CANDIDATES], with_scores=True)
    values = {"number": row.source.customer_number, "name": row.source.name, "candidates": candidates}
    return Reason("linking_candidates" if candidates else "linking_no_candidate", values)
