"""The reconciliations: the newest and the former ones, their reports, and an evidence pack (X-1, TL-11)."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from ledgerbridge.pages.evidence import evidence_pack
from ledgerbridge.pages.pairs import Asked, pairs_of
from ledgerbridge.pages.rendering import render
from ledgerbridge.pages.visiting import NotFound, Scene, needs
from ledgerbridge.pages.works import Right
from ledgerbridge.reasons import Language
from ledgerbridge.reconciliation.chart import draw_chart
from ledgerbridge.reconciliation.compare import result_of
from ledgerbridge.reconciliation.facts import Kind
from ledgerbridge.reconciliation.kinds import Standing
from ledgerbridge.reconciliation.report_parts import verdict_sentences
from ledgerbridge.reconciliation.reports import ReportFormat, ReportMissingError, read_report
from ledgerbridge.store import reconciliations
from ledgerbridge.store.reconciliations import StoredReconciliation

__all__ = ["router"]

router = APIRouter()

_SHOWN: Final = 60
# The report carries its own style and nothing else; it may load and run nothing.
_REPORT_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"


@router.get("/{integration}/reconciliation")
def newest(scene: Annotated[Scene, needs(Right.READ)], asked: Annotated[Asked, Query()]) -> HTMLResponse:
    """The newest comparison, side by side, with its report, and those before it."""
    return _page(scene, None, asked)


@router.get("/{integration}/reconciliation/{number}")
def one(scene: Annotated[Scene, needs(Right.READ)], number: int, asked: Annotated[Asked, Query()]) -> HTMLResponse:
    """A former one."""
    return _page(scene, number, asked)


def _page(scene: Scene, number: int | None, asked: Asked) -> HTMLResponse:
    found = reconciliations.latest(scene.store, scene.name, Kind.INVOICES, at_most=_SHOWN)
    if number is None:
        chosen = found[0] if found else None
    else:
        chosen = _of_integration(scene, number)
        if chosen.kind != Kind.INVOICES:
            raise NotFound(scene)
    results = [result_of(stored) for stored in found]
    chosen_result = result_of(chosen) if chosen is not None else None
    return render(
        scene,
        "reconciliation.html.j2",
        chosen=chosen_result,
        verdict=verdict_sentences(chosen_result, scene.wording) if chosen_result is not None else [],
        pairs=pairs_of(scene, chosen, asked) if chosen is not None else None,
        asked=asked.model_dump(exclude={"page"}),
        written=set(reconciliations.reports_of(scene.store, chosen.reconciliation_id)) if chosen is not None else set(),
        results=results,
        chart=draw_chart(list(reversed(results)), scene.wording),
        standings=(Standing.AGREES, Standing.DIFFERENCE, Standing.NOT_DELIVERED, Standing.NOTICE),
    )


def _of_integration(scene: Scene, number: int) -> StoredReconciliation:
    stored = reconciliations.read(scene.store, number) if number < 2**62 else None
    if stored is None or stored.integration != scene.name or stored.finished_at is None:
        raise NotFound(scene)
    return stored


@router.get("/{integration}/reconciliation/{number}/report.{extension}")
def report(scene: Annotated[Scene, needs(Right.READ)], number: int, extension: str) -> Response:
    """A report in the reader's language: the page to look at and to print, or a file."""
    if extension not in set(ReportFormat):
        raise NotFound(scene)
    kind = ReportFormat(extension)
    content = _content(scene, number, scene.language, kind)
    name = f"{scene.name}-{number}.{scene.language}.{kind}"
    disposition = "inline" if kind is ReportFormat.HTML else "attachment"
    headers = {
        "Content-Disposition": f'{disposition}; filename="{name}"',
        "Content-Security-Policy": _REPORT_POLICY if kind is ReportFormat.HTML else "sandbox",
    }
    return Response(content, media_type=kind.media_type, headers=headers)


@router.get("/{integration}/reconciliation/{number}/evidence.zip")
def evidence(scene: Annotated[Scene, needs(Right.READ)], number: int) -> Response:
    """Everything of one comparison as one file, to be kept with the books."""
    stored = _of_integration(scene, number)
    headers = {"Content-Disposition": f'attachment; filename="{scene.name}-{number}-evidence.zip"'}
    return Response(evidence_pack(scene.store, stored), media_type="application/zip", headers=headers)


def _content(scene: Scene, number: int, language: Language, kind: ReportFormat) -> bytes:
    if number >= 2**62:
        raise NotFound(scene)
    try:
        return read_report(scene.store, scene.name, language, kind, reconciliation_id=number)
    except ReportMissingError as error:
        raise NotFound(scene) from error
