"""The rules that a document and its lines must keep before they are sent, the weightiest first.

Sources: CT-9 (dates), CT-17 to CT-19 (lines, VAT, totals), X-9 (texts), X-13 (exchange rate),
``economic`` sections 3.7 and 5. Columns: :mod:`ledgerbridge.validation.frames`.
"""

from __future__ import annotations

from typing import Any

from ledgerbridge.integration import InexactLines, Invoicing
from ledgerbridge.limits import Limits
from ledgerbridge.validation.identifiers import CURRENCY_PATTERN, pattern_up_to
from ledgerbridge.validation.suite import rejects, warns

__all__ = ["document_expectations", "line_expectations"]


def document_expectations(gxe: Any, limits: Limits) -> list[Any]:
    """The suite for rows of ``frames.document_rows``; ``gxe`` is ``great_expectations.expectations``."""
    return [
        *_figures(gxe),
        *_signs_and_vat(gxe),
        *_names_and_dates(gxe, limits),
        *_currency(gxe, limits),
        *_told_only(gxe, limits),
    ]


def _figures(gxe: Any) -> list[Any]:
    return [
        gxe.ExpectColumnValuesToBeInSet(column="can_be_computed", value_set=[True], meta=rejects("amount_unusable")),
        gxe.ExpectColumnValuesToBeInSet(
            column="amounts_are_whole_cents",
            value_set=[True],
            meta=rejects("amounts_finer_than_cents", "net", "vat", "gross", "currency"),
        ),
        gxe.ExpectColumnValuesToBeBetween(column="billed_lines", min_value=1, meta=rejects("invoice_without_lines")),
        gxe.ExpectColumnPairValuesToBeEqual(
            column_A="lines_net",
            column_B="net",
            ignore_row_if="either_value_is_missing",
            meta=rejects("lines_do_not_sum", "lines_net", "net", "currency"),
        ),
        gxe.ExpectColumnPairValuesToBeEqual(
            column_A="net_and_vat",
            column_B="gross",
            ignore_row_if="either_value_is_missing",
            meta=rejects("vat_does_not_add_up", "net", "vat", "net_and_vat", "gross", "currency"),
        ),
    ]


def _signs_and_vat(gxe: Any) -> list[Any]:
    return [
        gxe.ExpectColumnValuesToBeBetween(
            column="lowest_total", min_value=0, meta=rejects("invoice_total_negative", "net", "gross", "currency")
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column="highest_total", max_value=0, meta=rejects("credit_note_total_positive", "net", "gross", "currency")
        ),
        gxe.ExpectColumnValuesToBeInSet(
            column="vat_under_reverse_charge",
            value_set=[0],
            meta=rejects("vat_under_reverse_charge", "vat", "currency"),
        ),
        gxe.ExpectColumnValuesToBeInSet(
            column="vat_on_export", value_set=[0], meta=rejects("vat_on_export", "vat", "currency")
        ),
        gxe.ExpectColumnValuesToBeInSet(
            column="country_takes_reverse_charge",
            value_set=[True],
            meta=rejects("reverse_charge_outside_eu", "country"),
        ),
    ]


def _names_and_dates(gxe: Any, limits: Limits) -> list[Any]:
    return [
        gxe.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="due_date",
            column_B="invoice_date",
            or_equal=True,
            ignore_row_if="either_value_is_missing",
            meta=rejects("due_date_before_invoice_date", "due_date", "invoice_date"),
        ),
        gxe.ExpectColumnValuesToNotBeNull(column="name", meta=rejects("recipient_name_missing")),
        gxe.ExpectColumnValuesToBeInSet(column="gln_is_valid", value_set=[True], meta=rejects("gln_invalid", "gln")),
        gxe.ExpectColumnValueLengthsToBeBetween(
            column="zip",
            max_value=limits.recipient_zip,
            meta=rejects("zip_too_long", "zip", limit=limits.recipient_zip),
        ),
        gxe.ExpectColumnValuesToBeInSet(
            column="number_is_given", value_set=[True], meta=rejects("invoice_number_missing")
        ),
        gxe.ExpectColumnValuesToMatchRegex(
            column="number",
            regex=pattern_up_to(limits.largest_invoice_number),
            meta=rejects("invoice_number_not_allowed", "number", largest=limits.largest_invoice_number),
        ),
    ]


def _currency(gxe: Any, limits: Limits) -> list[Any]:
    return [
        gxe.ExpectColumnValuesToMatchRegex(
            column="currency", regex=CURRENCY_PATTERN, meta=rejects("currency_invalid", "currency")
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column="exchange_rate",
            min_value=0,
            strict_min=True,
            meta=rejects("exchange_rate_not_positive", "exchange_rate", "currency"),
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column="exchange_rate_decimals",
            max_value=limits.exchange_rate_decimals,
            meta=rejects("exchange_rate_too_fine", "exchange_rate", "currency", limit=limits.exchange_rate_decimals),
        ),
    ]


def _told_only(gxe: Any, limits: Limits) -> list[Any]:
    cut = [
        ("name", "name_will_be_cut", limits.recipient_name),
        ("address", "address_will_be_cut", limits.recipient_address),
        ("city", "city_will_be_cut", limits.recipient_city),
        ("heading", "heading_will_be_cut", limits.heading),
        ("text", "text_will_be_cut", limits.text),
        ("reference", "reference_will_be_cut", limits.reference),
    ]
    return [
        gxe.ExpectColumnValuesToBeInSet(
            column="exchange_rate_is_given", value_set=[True], meta=warns("exchange_rate_missing", "currency")
        ),
        gxe.ExpectColumnPairValuesToBeEqual(
            column_A="expected_vat",
            column_B="vat",
            ignore_row_if="either_value_is_missing",
            meta=warns("vat_not_as_expected", "vat", "expected_vat", "currency"),
        ),
        gxe.ExpectColumnValuesToBeInSet(
            column="is_worth_something", value_set=[True], meta=warns("total_is_zero", "currency")
        ),
        gxe.ExpectColumnValuesToBeInSet(
            column="names_its_original", value_set=[True], meta=warns("credit_note_without_original")
        ),
        gxe.ExpectColumnValuesToBeInSet(
            column="country_is_known", value_set=[True], meta=warns("recipient_country_unknown", "country")
        ),
        *(
            gxe.ExpectColumnValueLengthsToBeBetween(
                column=column, max_value=limit, meta=warns(code, column, limit=limit)
            )
            for column, code, limit in cut
        ),
    ]


def line_expectations(gxe: Any, invoicing: Invoicing, limits: Limits) -> list[Any]:
    """The suite for rows of ``frames.line_rows``; ``gxe`` is ``great_expectations.expectations``."""
    return [
        gxe.ExpectColumnPairValuesToBeEqual(
            column_A="parts_net",
            column_B="net",
            ignore_row_if="either_value_is_missing",
            meta=rejects("parts_do_not_sum", "line", "description", "parts_net", "net", "currency"),
        ),
        gxe.ExpectColumnValuesToBeInSet(
            column="net_is_whole_cents",
            value_set=[True],
            meta=rejects("line_finer_than_cents", "line", "description", "net", "currency"),
        ),
        gxe.ExpectColumnPairValuesToBeEqual(
            column_A="vat_rate",
            column_B="vat_percentage",
            ignore_row_if="either_value_is_missing",
            meta=rejects("vat_rate_differs", "line", "description", "vat_rate", "vat_percentage"),
        ),
        *_inexact(gxe, invoicing),
        gxe.ExpectColumnValueLengthsToBeBetween(
            column="sent_text",
            max_value=limits.line_text,
            meta=warns("line_text_continued", "line", "description", limit=limits.line_text),
        ),
    ]


def _inexact(gxe: Any, invoicing: Invoicing) -> list[Any]:
    """Lines that two decimals cannot express: rejected, or sent as 1 × their amount and told."""
    told = ("line", "description", "quantity", "unit_price", "discount", "net", "currency")
    stand_as_they_are = ["text", "exact"]
    if invoicing.inexact_lines is InexactLines.REJECT:
        return [
            gxe.ExpectColumnValuesToBeInSet(
                column="form", value_set=stand_as_they_are, meta=rejects("line_not_exact", *told)
            )
        ]
    return [
        gxe.ExpectColumnValuesToBeInSet(
            column="form", value_set=[*stand_as_they_are, "no_quantity"], meta=warns("line_sent_as_one", *told)
        ),
        gxe.ExpectColumnValuesToBeInSet(
            column="form", value_set=[*stand_as_they_are, "as_one"], meta=warns("line_without_quantity", *told)
        ),
    ]
