"""The knobs of the Uniconta stand-in: what the contract leaves open, and limits that a test wants smaller."""

from __future__ import annotations

from sandbox.standin.knobs import Knob, KnobTable

_ROUNDING = ("half_up", "half_even")

KNOBS = KnobTable(
    {
        "daily_limit": Knob(5000, "calls a user has in 24 hours (contract 10)"),
        "over_limit": Knob("delay", "what meets a call beyond the limit", ("delay", "slow_down")),
        "over_limit_delay_ms": Knob(1000, "milliseconds such a call waits"),
        "slow_down_answer": Knob(
            "refusal", "SlowDown as 400 with a JSON string, or 200 with plain text", ("refusal", "text")
        ),
        "latency_ms": Knob(0, "milliseconds each request waits before it is handled"),
        "server_login": Knob(
            "replaces", "what a Server user's second login does (2.1)", ("replaces", "refused", "allowed")
        ),
        "api_key_required": Knob(False, "a login must carry apiKey (2.2)"),
        "refresh_token": Knob("new", "a refresh hands out a new refresh token, or omits it (2.2)", ("new", "omitted")),
        "insert_list_atomic": Knob(True, "one bad row refuses the whole list; false: the rows before it stay"),
        "insert_list_answer": Knob("none", "204, 200 with [], or 200 with the rows", ("none", "empty", "rows")),
        "update_omitted": Knob("cleared", "what an update does to properties it leaves out (4)", ("cleared", "kept")),
        "order_takes_from_debtor": Knob(False, "an order inserted here copies the debtor's defaults (7.4)"),
        "order_number_in": Knob("either", "where a posting's OrderNumber is read", ("root", "order", "either")),
        "due_date_on_order": Knob(True, "a DueDate on the order wins over its payment term"),
        "posting_errors": Knob("object", "a refused posting as an object with Err, or as a text", ("object", "text")),
        "posting_shows_header": Knob(False, "a real posting answers with Header"),
        "simulation_shows_header": Knob(True, "a simulation answers with Header"),
        "reference_follows_to_invoice": Knob(True, "an order's ReferenceNumber stands on its invoice"),
        "vat_rounding": Knob("half_up", "how VAT is rounded to øre", _ROUNDING),
        "line_rounding": Knob("half_up", "how a line's total and quantity are rounded", _ROUNDING),
        "vat_misses_by": Knob(0, "øre by which the VAT of an invoice misses what is documented (7.6)"),
        "odata_page_size": Knob(1000, "rows in a page of the read feed"),
    }
)
