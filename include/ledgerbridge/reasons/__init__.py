"""Every reason a person can read: a code with a Danish and an English text (X-6).

A text has two halves: ``text`` says the value and the cause, ``do`` says the next step. The texts
stand in the YAML files beside this module, one file per subject; values are filled in by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import cache
from importlib.resources import files

from ledgerbridge import quick_yaml
from ledgerbridge.reasons.field_names import (
    accepted_by,
    allowed_values,
    check_items,
    field_path,
    lines_name,
    matches,
    standing_name,
    step_name,
)

__all__ = ["Language", "Reason", "ReasonText", "catalogue"]


# Values that are the code's own words, by the value's name; with the reason's code where a name means several things.
_WORDED = {
    "field": field_path,
    "step": step_name,
    "candidates": matches,
    "decision_not_about_vat code": standing_name,
    "invoice_vat_rounding_accepted by": accepted_by,
    "check_failed missing": check_items,
    "not_activated missing": check_items,
    "preflight_failed missing": check_items,
    "source_value_unknown allowed": allowed_values,
    "product_default_set vat_code": lines_name,
    "product_default_dropped vat_code": lines_name,
    "product_default_is_files vat_code": lines_name,
}


class Language(StrEnum):
    """The two languages that every text for people has."""

    DANISH = "da"
    ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class ReasonText:
    """One language's two halves, with ``{names}`` where the values go."""

    text: str
    do: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a record, a module or an agreement stands where it stands.

    ``code`` is a key of the catalogue; ``values`` fill the names in its texts and are kept with
    the transfer, so that the sentence can be written again in either language. ``cause`` is the
    reason behind this one, if there is one: it stands where the texts say ``{why}``.
    """

    code: str
    values: Mapping[str, str] = field(default_factory=dict)
    cause: Reason | None = None

    def __post_init__(self) -> None:
        if self.code not in catalogue():
            message = f"reason code {self.code!r} has no text in the catalogue"
            raise KeyError(message)

    def text(self, language: Language) -> str:
        """The value and the cause."""
        return catalogue()[self.code][language].text.format_map(self._filled(language))

    def do(self, language: Language) -> str:
        """The next step."""
        return catalogue()[self.code][language].do.format_map(self._filled(language))

    def sentence(self, language: Language) -> str:
        """Value, cause and next step, as one text."""
        return f"{self.text(language)} {self.do(language)}".strip()

    def _filled(self, language: Language) -> dict[str, str]:
        told = dict(self.values)
        for name, value in self.values.items():
            in_words = _WORDED.get(f"{self.code} {name}") or _WORDED.get(name)
            if in_words is not None:
                told[name] = in_words(value, language)
        if self.cause is not None:
            told["why"] = self.cause.text(language)
        return _Missing(told)

    def to_json(self) -> dict[str, object]:
        """A JSON object that :meth:`from_json` reads."""
        told: dict[str, object] = {"code": self.code, "values": dict(self.values)}
        return told if self.cause is None else {**told, "cause": self.cause.to_json()}

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> Reason:
        """The reason that :meth:`to_json` wrote."""
        values = value.get("values")
        pairs = values.items() if isinstance(values, Mapping) else ()
        cause = value.get("cause")
        if str(value["code"]) not in catalogue():
            return cls("unknown_reason", {"code": str(value["code"])})  # of another version: it must not stop anything
        return cls(
            str(value["code"]),
            {str(name): str(item) for name, item in pairs},
            cls.from_json(cause) if isinstance(cause, Mapping) else None,
        )


class _Missing(dict[str, str]):
    """A value that was not given shows as «?»: a told reason must never fail to be told."""

    def __missing__(self, name: str) -> str:
        return "?"


@cache
def catalogue() -> Mapping[str, Mapping[Language, ReasonText]]:
    """All codes with their texts.

    Raises:
        ValueError: a code stands twice, or lacks a language or a half of one; names file and code.
    """
    texts: dict[str, dict[Language, ReasonText]] = {}
    for file in sorted(files(__name__).iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".yaml"):
            continue
        for code, entry in quick_yaml.read(file.read_text(encoding="utf-8")).items():
            if code in texts:
                message = f"{file.name}: reason code {code!r} stands twice"
                raise ValueError(message)
            texts[code] = _in_both_languages(f"{file.name}: {code}", entry)
    return texts


def _in_both_languages(where: str, entry: object) -> dict[Language, ReasonText]:
    wanted = {name.name for name in fields(ReasonText)}
    found = {}
    for language in Language:
        told = entry.get(language.value) if isinstance(entry, Mapping) else None
        if not isinstance(told, Mapping) or set(told) != wanted:
            message = f"{where} needs {language.value!r} with {' and '.join(sorted(wanted))}, and has {told!r}"
            raise ValueError(message)
        found[language] = ReasonText(**told)
    return found
