"""What must hold after every fault (P16, P19). The fault tests call it."""

from __future__ import annotations

from contextlib import closing

from ledgerbridge.reasons import Language, Reason
from ledgerbridge.store import history
from sandbox.grounds import Firm

_FINAL = "('delivered', 'rejected', 'waiting', 'in_doubt', 'unchanged', 'ignored', 'withdrawn')"


def assert_accounted(firm: Firm) -> None:
    """Every approved invoice stands in exactly one named state with a sentence; nothing stands twice in the target."""
    approved = firm.source('SELECT "InvoiceID"::text FROM "Invoice" WHERE "ApprovalStatus" = 1')
    newest = firm.ours(
        "SELECT source_id, state::text, reason, state IN " + _FINAL + " FROM (SELECT DISTINCT ON (record_id) * "
        "FROM transfer WHERE module = 'invoices' ORDER BY record_id, revision DESC) AS newest"
    )
    states = {source_id: (state, reason) for source_id, state, reason, _ in newest}
    assert {source_id for (source_id,) in approved} <= states.keys()
    assert all(is_final for *_, is_final in newest), newest
    explained = {"rejected", "waiting", "in_doubt", "ignored", "withdrawn"}
    for state, reason in states.values():
        if state in explained:
            assert reason, states
            assert all(Reason.from_json(reason).sentence(language) for language in Language)
    unfinished = firm.ours("SELECT source_id, state::text FROM transfer WHERE state IN ('staged', 'sending')")
    assert unfinished == []
    assert set(firm.locators().values()) <= {1}, {k: v for k, v in firm.locators().items() if v != 1}
    with closing(firm.company.store()) as store:
        assert history.check(store) == []


def assert_booked_once(firm: Firm, source_ids: list[str]) -> None:
    """Each is booked exactly once, our archive has the same, and its link shows it."""
    booked = {item["bookedInvoiceNumber"]: item for item in firm.ledger()["booked"]}
    ours = dict(firm.ours("SELECT r.source_id, a.booked_number FROM archive a JOIN record r USING (record_id)"))
    missing = set(source_ids) - ours.keys()
    assert not missing, {id_: (firm.states().get(id_), firm.reasons().get(id_)) for id_ in missing}
    assert sorted(ours) == sorted(source_ids)
    assert sorted(ours.values()) == sorted(booked)
    assert len(firm.ledger()["drafts"]) == 0
    linked = dict(
        firm.ours(
            "SELECT r.source_id, l.target_id FROM link l JOIN record r USING (record_id) "
            "WHERE l.target_kind = 'booked_invoice'"
        )
    )
    assert linked == {source_id: str(number) for source_id, number in ours.items()}
    assert set(firm.states().values()) <= {"delivered"}
