"""The tasks of a module's DAG: extract → validate → transform → load (one instance per chunk) → settle.

Between tasks only references travel (counts and chunk numbers); what is moved lies in our database. Heavy imports
stand inside the tasks, so that parsing a DAG file stays quick.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException

from ledgerbridge.airflow import decisions, task_docs
from ledgerbridge.airflow.telling import in_both_languages, tell
from ledgerbridge.reasons import Language, Reason

if TYPE_CHECKING:
    from ledgerbridge.delivery.desk import Workplace
    from ledgerbridge.delivery.loading import ChunkOutcome, Trouble

__all__ = ["closed", "extract", "load", "reconcile", "settle", "skipped", "transform", "validate", "workplace_of"]

log = logging.getLogger(__name__)


@contextmanager
def workplace_of(name: str) -> Iterator[Workplace]:
    """A workplace for the task that runs now, in the name of whoever started the run.

    Whatever ends the block is told in both languages.
    """
    from ledgerbridge.airflow.connections import addresses_of  # noqa: PLC0415
    from ledgerbridge.airflow.integrations import integration_named  # noqa: PLC0415
    from ledgerbridge.assembly import open_workplace  # noqa: PLC0415

    run = get_current_context()["dag_run"]
    actor = run.triggering_user_name or "airflow"
    run_id = f"{run.dag_id}/{run.run_id}"
    with in_both_languages():
        integration = integration_named(name)
        addresses = addresses_of(integration)
        with open_workplace(
            integration, addresses, run_id=run_id, actor=actor, is_asked_for=_was_cleared()
        ) as workplace:
            yield workplace


def skipped(reason: Reason) -> AirflowSkipException:
    """The exception that skips; Airflow itself logs no more than that it was skipped."""
    tell(reason, level=logging.INFO)
    return AirflowSkipException(reason.sentence(Language.ENGLISH))


@task(doc_md=task_docs.EXTRACT)
def extract(integration: str, module: str) -> dict[str, int]:
    """Stage what changed; skipped, with everything after it, when there is nothing to do."""
    from ledgerbridge.delivery import activation  # noqa: PLC0415
    from ledgerbridge.delivery.extracting import extract as extract_records  # noqa: PLC0415
    from ledgerbridge.delivery.named_links import follow_named_links  # noqa: PLC0415
    from ledgerbridge.records import Module  # noqa: PLC0415
    from ledgerbridge.store import chunks  # noqa: PLC0415

    with workplace_of(integration) as workplace:
        with workplace.desk() as desk:
            missing = activation.missing(desk)
            if missing:
                raise skipped(Reason("not_activated", {"missing": ", ".join(missing)}))
            activation.require(desk)
            decided = decisions.carry_out(desk, get_current_context()["params"])
            found = extract_records(workplace, Module(module))
            linked = follow_named_links(desk, found.named_by_source)
            # Counted now: a link that was just followed may have brought its customer into the run.
            sizes = chunks.of_run(desk.store, workplace.run_id)
        for source_id, reason in found.deleted:
            tell(reason, f"deleted id {source_id}", level=logging.WARNING)
        due = sum(sizes.values())
        log.info("%s: %d read, %d to deliver, %d links followed", module, found.records_read, due, linked)
        if decided:
            log.info("%d decisions of %s carried out", decided, workplace.actor)
        if not sizes:
            raise skipped(Reason("nothing_to_do"))
        return {"transfers": due, "chunks": len(sizes)}


@task(doc_md=task_docs.VALIDATE)
def validate(integration: str, module: str, extracted: Any) -> dict[str, int]:
    """Run the suites; rows that fail are set aside in words, the others go on."""
    from ledgerbridge.delivery.preparing import validate_staged  # noqa: PLC0415
    from ledgerbridge.store import chunks  # noqa: PLC0415

    set_aside = 0
    with workplace_of(integration) as workplace, workplace.desk() as desk:
        for chunk in chunks.of_run(desk.store, workplace.run_id):
            members = chunks.members(desk.store, workplace.run_id, chunk)
            set_aside += validate_staged(desk, members).set_aside
    log.info("%s: %d of %d set aside", module, set_aside, extracted["transfers"])
    return {"set_aside": set_aside}


@task(doc_md=task_docs.TRANSFORM)
def transform(integration: str, module: str, validated: Any) -> list[int]:
    """Make the payloads; the numbers of the chunks to load."""
    from ledgerbridge.delivery.preparing import transform as transform_records  # noqa: PLC0415
    from ledgerbridge.store import chunks  # noqa: PLC0415

    with workplace_of(integration) as workplace, workplace.desk() as desk:
        numbers = list(chunks.of_run(desk.store, workplace.run_id))
        for chunk in numbers:
            prepared = transform_records(desk, chunks.members(desk.store, workplace.run_id, chunk))
            log.info("%s: chunk %d: %d go on, %d wait", module, chunk, prepared.going_on, prepared.set_aside)
    del validated
    return numbers


@task(doc_md=task_docs.LOAD, map_index_template="chunk {{ ti.map_index }}")
def load(integration: str, module: str, chunk: int) -> dict[str, int]:
    """Send one chunk. Red when something in it needs a person or an answer; clearing it is the way on."""
    from ledgerbridge.delivery.loading import load_chunk  # noqa: PLC0415

    with workplace_of(integration) as workplace:
        is_asked_for = _was_cleared()
        if is_asked_for:
            log.info("cleared by a person: what was set aside is read and validated again")
        outcome = load_chunk(workplace, chunk, is_asked_for=is_asked_for)
        log.info("%s: chunk %d: %s", module, chunk, outcome.counts)
        _raise_for(outcome)
        _tell_hold(workplace)
    return outcome.counts


def _was_cleared() -> bool:
    """Whether a person cleared this task instance: then its tries reach beyond the task's own retries."""
    instance: Any = get_current_context()["ti"]
    return bool(instance.max_tries > instance.task.retries)


def _raise_for(outcome: ChunkOutcome) -> None:
    from ledgerbridge.errors import InDoubt, Rejection  # noqa: PLC0415
    from ledgerbridge.store.transfers import State  # noqa: PLC0415

    for item in outcome.trouble:
        tell(item.reason, f"{item.state.value} {_named(item)}")
    if outcome.stopped_by is not None:
        raise outcome.stopped_by
    doubts = [item for item in outcome.trouble if item.state is State.IN_DOUBT]
    if doubts:
        raise InDoubt("chunk_in_doubt", count=len(doubts), first=_named(doubts[0]))
    if outcome.trouble:
        codes = ", ".join(sorted({item.reason.code for item in outcome.trouble}))
        raise Rejection("chunk_has_rejections", count=len(outcome.trouble), codes=codes)


def _named(item: Trouble) -> str:
    """The number that people know it by, and its id in the source."""
    return f"{item.number} (id {item.source_id})" if item.number else f"id {item.source_id}"


def _tell_hold(workplace: Workplace) -> None:
    """Say why this run sent nothing, when another run's task is the red one (P6)."""
    from ledgerbridge.store import agreements  # noqa: PLC0415

    with closing(workplace.open_store()) as store:
        held = agreements.read(store, workplace.integration.target.connection)
    if held.held_since is not None:
        values = {"since": f"{held.held_since:%Y-%m-%d %H:%M} UTC"}
        tell(Reason("agreement_held", values, held.hold_reason), level=logging.WARNING)


@task(doc_md=task_docs.SETTLE, retries=2, retry_delay=timedelta(seconds=10))
def settle(integration: str, module: str, *, outlet_events: Any = None) -> dict[str, int]:
    """Close the run whatever happened, and let the reconciliation begin when something moved."""
    from ledgerbridge.airflow.assets import settled_alias, settled_asset  # noqa: PLC0415
    from ledgerbridge.delivery.settling import settle as settle_run  # noqa: PLC0415

    with workplace_of(integration) as workplace:
        settled = settle_run(workplace)
    log.info("%s: %s, %d PDFs", module, settled.counts or "nothing to do", settled.pdfs)
    tell(settled.cost, level=logging.INFO)
    if settled.overdue is not None:
        tell(settled.overdue, level=logging.WARNING)
    if settled.counts and outlet_events is not None:
        outlet_events[settled_alias(integration, module)].add(settled_asset(integration), extra={"module": module})
    return settled.counts


def closed() -> EmptyOperator:
    """The run's last leaf, which takes no process.

    A run has the colour of its leaves. ``settle`` runs whatever happened, as a teardown, so it cannot be the leaf:
    the run would be green behind a red ``load``. Behind a teardown this one is red when either of the two is.
    """
    return EmptyOperator(task_id="closed", doc_md=task_docs.CLOSED)


@task(doc_md=task_docs.RECONCILE)
def reconcile(integration: str) -> dict[str, Any]:
    """Compare both sides and keep the reports."""
    from ledgerbridge.airflow.integrations import integration_named  # noqa: PLC0415
    from ledgerbridge.comparing.run import period_until  # noqa: PLC0415
    from ledgerbridge.comparing.run import reconcile as compare  # noqa: PLC0415
    from ledgerbridge.delivery import activation  # noqa: PLC0415

    with workplace_of(integration) as workplace:
        with workplace.desk() as desk:
            if missing := activation.missing(desk):
                raise skipped(Reason("not_activated", {"missing": ", ".join(missing)}))
        months = integration_named(integration).schedule.reconciliation_months
        result = compare(workplace, period_until(workplace.now().date(), months))
    log.info("invoices: %s", dict(result.invoices.counts))
    log.info("customers: %s", dict(result.customers.counts))
    return {
        "invoices": {"id": result.invoices.reconciliation_id, "counts": dict(result.invoices.counts)},
        "customers": {"id": result.customers.reconciliation_id, "counts": dict(result.customers.counts)},
        "agrees": result.invoices.agrees,
    }
