"""What is measured: `make bench` in under half an hour, `make bench FULL=1` with more latencies and sizes."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Plan", "plan"]


@dataclass(frozen=True, slots=True)
class Plan:
    """Sizes and repetitions. ``invoices``: how many a speed trial delivers, at each of ``latencies_ms``."""

    latencies_ms: tuple[int, ...] = (50,)
    invoices: tuple[int, ...] = (500,)
    connections: tuple[int, ...] = (1, 4, 8, 16)
    repeats: int = 5
    repeats_alone: int = 3  # of those that send one at a time, which take half a minute each
    mishap_invoices: int = 100
    mishap_latency_ms: int = 10
    mishap_connections: int = 4
    counted_invoices: int = 100
    live_changes: int = 50
    customers: tuple[int, ...] = (10_000, 100_000)
    reconciled: tuple[int, ...] = (1_000, 10_000)
    seed: int = 2026


def plan(*, is_full: bool, is_trial: bool = False) -> Plan:
    """The plan that was asked for. ``is_trial``: a minute's walk through all of it, to see that it works."""
    if is_trial:
        return Plan(
            invoices=(40,), connections=(1, 8), repeats=1, repeats_alone=1, mishap_invoices=30, counted_invoices=20,
            live_changes=3, customers=(500,), reconciled=(200,),
        )  # fmt: skip
    if is_full:
        return Plan(
            latencies_ms=(0, 50, 200),
            invoices=(500, 5_000),
            customers=(10_000, 100_000, 1_000_000),
            reconciled=(1_000, 10_000, 100_000),
        )
    return Plan()
