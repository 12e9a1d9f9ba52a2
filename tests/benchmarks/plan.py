"""What is measured: `make bench` in a good half hour, `make bench FULL=1` with more latencies and sizes."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Plan", "plan"]


@dataclass(frozen=True, slots=True)
class Plan:
    """Sizes and repetitions. ``invoices``: how many a speed trial delivers, at each of ``latencies_ms``."""

    name: str = "usual"
    latencies_ms: tuple[int, ...] = (50,)
    invoices: tuple[int, ...] = (500,)
    connections: tuple[int, ...] = (1, 4, 8, 16)
    repeats: int = 5
    repeats_single: int = 1  # of the others with one connection, who take half a minute or more
    mishap_invoices: int = 40
    mishap_repeats: int = 3
    mishap_scenes_at_once: int = 3  # of mishaps counts are told and no times, so they may share the cores
    mishap_latency_ms: int = 10
    mishap_connections: int = 4
    counted_invoices: int = 100
    month_end_invoices: int = 2_000
    month_end_customers: int = 200
    live_changes: int = 50
    customers: tuple[int, ...] = (10_000, 100_000)
    reconciled: tuple[int, ...] = (1_000, 10_000)
    size_repeats: int = 5
    compared_repeats: int = 3
    seed: int = 2026


def plan(*, is_full: bool, is_trial: bool = False) -> Plan:
    """The plan that was asked for. ``is_trial``: a minute's walk through all of it, to see that it works."""
    if is_trial:
        return Plan(
            name="trial", invoices=(40,), connections=(1, 8), repeats=1, mishap_invoices=30, mishap_repeats=1,
            counted_invoices=20, month_end_invoices=60, month_end_customers=6, live_changes=3, customers=(500,),
            reconciled=(200,), size_repeats=1,
            compared_repeats=1,
        )  # fmt: skip
    if is_full:
        return Plan(
            name="full",
            repeats_single=3,
            latencies_ms=(0, 50, 200),
            invoices=(500, 5_000),
            customers=(10_000, 100_000, 1_000_000),
            reconciled=(1_000, 10_000, 100_000),
        )
    return Plan()
