"""Running Great Expectations: rows and expectations in, every broken rule of every row out.

Importing Great Expectations takes seconds, so only :func:`great_expectations` does it, when the
first batch is validated. Nothing is written to disk and nothing is reported to its makers.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any

from ledgerbridge.money import has_at_most_two_decimals, round_half_away
from ledgerbridge.reasons import Reason
from ledgerbridge.texts import cut_at_word
from ledgerbridge.validation.frames import RECORD, Row

__all__ = ["Finding", "Severity", "broken_rules", "great_expectations", "rejects", "warns"]

_ROW = "row"
_LONGEST_SHOWN = 80
_NOT_EMPTY = "expect_column_values_to_not_be_null"


class Severity(StrEnum):
    """What a broken rule does to its record."""

    REJECTION = "rejection"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that one row breaks. ``record`` counts the records of the batch from 0."""

    record: int
    severity: Severity
    reason: Reason


def rejects(code: str, *columns: str, **constants: object) -> dict[str, Any]:
    """The ``meta`` of an expectation: a row that breaks it is rejected with reason ``code``.

    ``columns`` name the cells of the row that fill the reason's text, each under its own name;
    ``constants`` are the same for all rows.
    """
    return _meta(Severity.REJECTION, code, columns, constants)


def warns(code: str, *columns: str, **constants: object) -> dict[str, Any]:
    """Like :func:`rejects`, for what is told and does not stop the record."""
    return _meta(Severity.WARNING, code, columns, constants)


def _meta(severity: Severity, code: str, columns: Sequence[str], constants: Mapping[str, object]) -> dict[str, Any]:
    constants = {name: _shown(value) for name, value in constants.items()}
    return {"severity": severity.value, "code": code, "columns": list(columns), "constants": constants}


@cache
def great_expectations() -> Any:
    """The package, imported quietly."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with warnings.catch_warnings():
        # Its import pulls in two modules that Python has deprecated; nothing here can change that.
        warnings.filterwarnings("ignore", "module 'sre_(constants|parse)' is deprecated", DeprecationWarning)
        import great_expectations as gx  # noqa: PLC0415 - seconds
        import great_expectations.expectations  # noqa: PLC0415
    return gx


def broken_rules(rows: Sequence[Row], expectations: Sequence[Any]) -> list[Finding]:
    """Every rule that a row breaks: rows in order, and for each row the rules in their order.

    Raises:
        RuntimeError: an expectation could not be evaluated; that is a fault in the suite, and no
            row may count as good because of it.
    """
    if not rows:
        return []
    for rank, expectation in enumerate(expectations):
        expectation.meta = {**expectation.meta, "rank": rank}
    expectations = _with_something_to_check(rows, expectations)
    if not expectations:
        return []
    found: list[tuple[int, int, Finding]] = []
    for result in _evaluate(rows, expectations):
        meta = result.expectation_config.meta
        if result.exception_info.get("raised_exception", True):
            message = f"the rule {meta['code']} could not be checked: {result.exception_info}"
            raise RuntimeError(message)
        broken = [place[_ROW] for place in result.result.get("unexpected_index_list") or ()]
        found.extend((row, meta["rank"], _finding(rows[row], meta)) for row in broken)
    return [finding for _, _, finding in sorted(found, key=lambda item: item[:2])]


def _with_something_to_check(rows: Sequence[Row], expectations: Sequence[Any]) -> list[Any]:
    """Without those whose column is empty in every row: they pass over what is empty.

    Each costs Great Expectations about 10 ms, and half of them is idle for a plain invoice.
    """
    filled = {name for row in rows for name, value in row.items() if value is not None}
    return [
        expectation
        for expectation in expectations
        if expectation.expectation_type == _NOT_EMPTY or filled.issuperset(_columns_of(expectation))
    ]


def _evaluate(rows: Sequence[Row], expectations: Sequence[Any]) -> Sequence[Any]:
    import pandas as pd  # noqa: PLC0415 - half a second

    gx = great_expectations()
    columns = dict.fromkeys(name for row in rows for name in row)
    columns.update(dict.fromkeys(name for expectation in expectations for name in _columns_of(expectation)))
    cells = {name: pd.Series([row.get(name) for row in rows], dtype=object) for name in columns}
    frame = pd.DataFrame({_ROW: pd.Series(range(len(rows)), dtype=object), **cells})

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    asset = context.data_sources.add_pandas("staged").add_dataframe_asset("records")
    batch = asset.add_batch_definition_whole_dataframe("batch").get_batch({"dataframe": frame})
    result = batch.validate(
        gx.ExpectationSuite(name="rules", expectations=list(expectations)),
        result_format={"result_format": "COMPLETE", "unexpected_index_column_names": [_ROW]},
    )
    results: Sequence[Any] = result.results
    return results


def _columns_of(expectation: Any) -> list[str]:
    """The columns that an expectation reads: no row may have them, and it still has to find them."""
    names = (getattr(expectation, attribute, None) for attribute in ("column", "column_A", "column_B"))
    return [name for name in names if name is not None]


def _finding(row: Row, meta: Mapping[str, Any]) -> Finding:
    values = {name: _shown(row.get(name)) for name in meta["columns"]} | meta["constants"]
    record = row[RECORD]
    if not isinstance(record, int):
        raise TypeError(record)
    return Finding(record, Severity(meta["severity"]), Reason(meta["code"], values))


def _shown(value: object) -> str:
    """A cell as a sentence shows it: plain digits with at least two decimals, ISO dates, long texts cut."""
    match value:
        case None:
            return "–"
        case Decimal():
            return format(round_half_away(value) if has_at_most_two_decimals(value) else value.normalize(), "f")
        case date():
            return value.isoformat()
        case _:
            return cut_at_word(str(value), _LONGEST_SHOWN)
