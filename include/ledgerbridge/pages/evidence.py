"""The evidence pack: a comparison's reports and figures, with where the history's chain stood (P19)."""

from __future__ import annotations

import hashlib
import json
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from ledgerbridge.reasons import Language
from ledgerbridge.store import history, reconciliations
from ledgerbridge.store.database import Connection
from ledgerbridge.store.reconciliations import StoredReconciliation

__all__ = ["evidence_pack"]


def evidence_pack(store: Connection, stored: StoredReconciliation) -> bytes:
    """A ZIP file. ``evidence.json`` names every other file's SHA-256, the totals, and the chain's last seal.

    Whoever has the file can show later that a report is the one that was written then, and that the history up to that
    seal is what it was: the chain's hash covers every entry before it.
    """
    files = dict(_reports(store, stored))
    told = {
        "integration": stored.integration,
        "reconciliation": stored.reconciliation_id,
        "kind": stored.kind,
        "period": [stored.period_from, stored.period_to],
        "run": stored.run_id,
        "started_at": stored.started_at,
        "finished_at": stored.finished_at,
        "counts": dict(stored.counts),
        "totals": json.loads(stored.totals, parse_float=str),  # refuses floats: amounts are texts there
        "history": history.last_seal(store),
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
        "packed_at": datetime.now(UTC),
    }
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("evidence.json", json.dumps(told, ensure_ascii=False, indent=2, default=_as_text))
        for name, content in sorted(files.items()):
            archive.writestr(name, content)
    return packed.getvalue()


def _reports(store: Connection, stored: StoredReconciliation) -> list[tuple[str, bytes]]:
    found = []
    for language, kind in reconciliations.reports_of(store, stored.reconciliation_id):
        content = reconciliations.read_report(store, stored.reconciliation_id, Language(language), kind)
        if content is not None:
            found.append((f"{stored.integration}-{stored.reconciliation_id}.{language}.{kind}", content))
    return found


def _as_text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
