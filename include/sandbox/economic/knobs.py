"""The knobs of the e-conomic stand-in: what the contract leaves open, and limits that a test wants smaller."""

from __future__ import annotations

from sandbox.standin.knobs import Knob, KnobTable

KNOBS = KnobTable(
    {
        "rate_limit_tokens": Knob(10000, "size of the token bucket of an agreement (contract 2.9)"),
        "rate_limit_window_seconds": Knob(60, "seconds in which an empty bucket fills up again"),
        "call_cost": Knob(3, "tokens a call takes; printed as X-CallCost"),
        "daily_limit": Knob(50000, "calls in 24 hours of fair use"),
        "daily_limit_enforced": Knob(False, "answer 429 beyond the daily limit instead of only counting"),
        "idempotency_window_seconds": Knob(3600, "how long a key and its answer are remembered (2.11)"),
        "idempotency_scope": Knob(
            "agreement",
            "keys are per agreement, or shared by all agreements of one app secret",
            ("agreement", "app"),
        ),
        "idempotency_caches_refusals": Knob(True, "a refusal (400, 404, 409) is replayed like a success"),
        "latency_ms": Knob(0, "milliseconds each request waits before it is handled"),
        "pdf_delay_seconds": Knob(1, "seconds after booking in which the PDF still answers 404 (3.7)"),
        "vat_rounding": Knob("document", "where VAT is rounded to two decimals", ("document", "line")),
        "draft_put_creates": Knob(False, "PUT to an unknown draft number creates it instead of 404"),
        "known_500s": Knob(True, "filters that crash the real server answer 500 here too (2.6)"),
        "demo_access": Knob(False, "demo/demo reads the first agreement, GET only (1.2)"),
        "zero_quantity_refused": Knob(True, "a product line with quantity 0 is refused"),
        "description_required": Knob(False, "a product line must carry a description (3.7, recordings differ)"),
        "booking_missing_draft_status": Knob(404, "status when the draft to book does not exist (404 or 400)"),
        "api_customer_numbers_from": Knob(1, "lowest customer number the server picks"),
    }
)
