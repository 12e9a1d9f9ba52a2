"""Every reason that the code names exists, in both languages, with the same values (X-6)."""

from __future__ import annotations

import ast
import dataclasses
import re
import string
from collections.abc import Iterable
from pathlib import Path

import pytest

from ledgerbridge import errors
from ledgerbridge.delivery.writing import Step
from ledgerbridge.errors import InDoubt, LedgerbridgeError, NeedsGrant, NotSettledYet, Refusal, Rejection, TryAgain
from ledgerbridge.integration import VatZones
from ledgerbridge.reasons import Language, Reason, catalogue
from ledgerbridge.reasons.field_names import (
    ACCEPTED_BY,
    CHECK_ITEMS,
    FIELDS,
    MATCHES,
    STANDINGS,
    STEPS,
    VALUES,
    field_path,
)
from ledgerbridge.reconciliation.wording import texts as report_texts
from ledgerbridge.records import (
    Customer,
    DocumentType,
    Invoice,
    InvoiceLine,
    LinePart,
    VatCode,
    VatTreatment,
)
from ledgerbridge.store.transfers import State
from ledgerbridge.target.findings import NOT_CHECKABLE

LIBRARY = Path(__file__).parents[1] / "include" / "ledgerbridge"
_ERRORS = {name for name in errors.__all__ if isinstance(getattr(errors, name), type)}
_MAKERS = _ERRORS | {"Reason", "rejects", "warns"}
_CODE = re.compile(r"[a-z]+(?:_[a-z]+)+")
# Where the code stands among the arguments: preflight's list names its item first, a rule for numbers its pattern.
_SECOND = {"ok", "failed", "warn", "CustomerNumbers"}


def _own_errors(trees: Iterable[ast.AST]) -> set[str]:
    """The classes that a folder derives from the errors, for itself."""
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    return {one.name for one in classes if {getattr(base, "id", "") for base in one.bases} & _ERRORS}


def _code_in(node: ast.AST, makers: set[str]) -> ast.expr | None:
    if isinstance(node, ast.Assign) and [getattr(target, "id", "") for target in node.targets] == ["code"]:
        return node.value
    if not isinstance(node, ast.Call):
        return None
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name in _SECOND and len(node.args) > 1:
        return node.args[1]
    if node.args and isinstance(node.func, ast.Name) and name in makers:
        return node.args[0]
    return None


def _codes_used() -> dict[str, str]:
    """Code → where: arguments of reasons, errors and preflight's list, ``code = "…"`` before them, and whatever is
    handed on under the names ``error`` and ``kind``, which are classes of errors where this library uses them.
    """
    trees = {file: ast.parse(file.read_text(encoding="utf-8")) for file in LIBRARY.rglob("*.py")}
    makers = _MAKERS | _own_errors(trees.values()) | {"error", "kind"}
    used = {}
    for file, tree in trees.items():
        for node in ast.walk(tree):
            found = _code_in(node, makers)
            if isinstance(found, ast.Constant) and isinstance(found.value, str) and _CODE.fullmatch(found.value):
                used[found.value] = f"{file.relative_to(LIBRARY)}:{found.lineno}"
    return used


def _codes_of_targets() -> dict[str, str]:
    """In a target's folder whatever begins with its name is a code, also in a table."""
    used = {}
    for file in (LIBRARY / "target").glob("*/*.py"):
        begins = f"{file.parent.name}_"
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            value = node.value if isinstance(node, ast.Constant) else None
            if isinstance(value, str) and _CODE.fullmatch(value) and value.startswith(begins):
                used[value] = f"{file.relative_to(LIBRARY)}:{node.lineno}"
    return used


@pytest.mark.spec("X-6")
def test_every_code_in_use_has_its_texts() -> None:
    used = _codes_used() | _codes_of_targets()
    assert len(used) > 60
    unknown = {code: where for code, where in used.items() if code not in catalogue()}
    assert not unknown


def _names(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


@pytest.mark.spec("X-6")
@pytest.mark.parametrize("code", sorted(catalogue()))
def test_both_languages_say_the_same(code: str) -> None:
    danish, english = (catalogue()[code][language] for language in Language)
    assert _names(danish.text) | _names(danish.do) == _names(english.text) | _names(english.do)
    assert danish.text
    assert english.text
    assert danish.text != english.text
    values = dict.fromkeys(_names(english.text) | _names(english.do), "1")
    for language in Language:
        sentence = Reason(code, values).sentence(language)
        assert "{" not in sentence
        assert "?" not in sentence.replace("?", "", 0) or "?" in catalogue()[code][language].text


def test_a_reason_survives_its_json() -> None:
    reason = Reason("text_cut", {"field": "x", "limit": "9"})
    assert Reason.from_json(reason.to_json()) == reason
    with pytest.raises(KeyError):
        Reason("no_such_code")
    assert "?" in Reason("text_cut").text(Language.ENGLISH)


@pytest.mark.spec("X-6")
def test_the_codes_own_words_and_a_reason_behind_it_are_told_in_the_readers_language() -> None:
    behind = Reason("outcome_unknown", {"step": "create-draft"})
    reason = Reason("run_stopped", cause=behind)
    assert Reason.from_json(reason.to_json()) == reason
    assert "opret kladden" in reason.text(Language.DANISH)
    assert "create the draft" in reason.text(Language.ENGLISH)
    assert TryAgain("store_unreachable", cause="refused").reason.values == {"cause": "refused"}
    assert TryAgain("run_stopped", cause=behind).reason == reason
    alike = Reason("linking_candidates", {"number": "1", "name": "A [x]", "candidates": "9 B [nord] [cvr+name] 90"})
    assert alike.text(Language.DANISH) == "1 A [x] ligner 9 B [nord] (samme CVR-nummer, samme navn) 90"
    assert alike.text(Language.ENGLISH) == "1 A [x] resembles 9 B [nord] (same CVR number, same name) 90"


def test_a_class_says_what_happens_next() -> None:
    kinds = (TryAgain, InDoubt, Rejection, Refusal, NeedsGrant)
    for name in _ERRORS - {"LedgerbridgeError"}:
        kind = getattr(errors, name)
        assert issubclass(kind, LedgerbridgeError)
        assert sum(issubclass(kind, one) for one in kinds) == 1, name
    assert issubclass(NotSettledYet, InDoubt)
    assert str(Rejection("text_cut", field="x", limit=3)).startswith("[text_cut] The text in the field")


@pytest.mark.spec("X-6")
@pytest.mark.parametrize("record", [Customer, Invoice, InvoiceLine, LinePart])
def test_every_field_of_a_record_has_words(record: type) -> None:
    """A message names a field as people say it, never as the code does."""
    missing = {field.name for field in dataclasses.fields(record)} - set(FIELDS)
    assert not missing


def test_the_fields_that_are_cut_have_words() -> None:
    cut = set()
    for file in (LIBRARY / "target").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "fitted":
                assert isinstance(node.args[0], ast.Constant)
                cut.add(node.args[0].value)
    assert len(cut) > 5
    assert cut <= set(FIELDS)


def test_every_step_has_words() -> None:
    assert {value for name, value in vars(Step).items() if name.isupper()} == set(STEPS)


_ITEM = re.compile(r'(?:found\.(?:ok|failed|warn)\(|_chosen\(found,|choose\(\s*found,|Check\()\s*"(\w+)"')


def test_what_preflight_looks_at_has_words() -> None:
    """Those whose names are put together stand in the contract suite, where preflight runs."""
    items = {"preflight", "confirmation", "invoices_from", *NOT_CHECKABLE}
    items |= {f"vat_zone_{name}" for name in VatZones.model_fields}
    for file in (LIBRARY / "target").glob("**/*.py"):
        items |= set(_ITEM.findall(file.read_text(encoding="utf-8")))
    assert len(items) > 15
    assert items <= set(CHECK_ITEMS)


def test_every_state_and_value_has_words() -> None:
    assert {state.value for state in State} <= set(STANDINGS)
    assert {member.value for kind in (DocumentType, VatTreatment, VatCode) for member in kind} == set(VALUES)


@pytest.mark.spec("X-6")
@pytest.mark.parametrize(
    ("code", "values", "danish", "english"),
    [
        (
            "decision_not_about_vat",
            {"code": "customer_not_linked"},
            "kunden er ikke knyttet",
            "its customer is not linked",
        ),
        ("decision_not_about_vat", {"code": "delivered"}, "leveret", "delivered"),
        ("decision_not_about_vat", {"code": "text_cut"}, "en anden grund (text_cut)", "another reason (text_cut)"),
        (
            "not_activated",
            {"missing": "preflight, confirmation"},
            "kontrollen er ikke bestået, bekræftelsen mangler",
            "the check was not passed, the confirmation is missing",
        ),
        (
            "preflight_failed",
            {"missing": "layout, due_date_term"},
            "layoutet, betalingsbetingelsen",
            "the layout, the payment term",
        ),
        ("link_form_incomplete", {"missing": "customer_number"}, "mangler customer_number", "lacks customer_number"),
        (
            "invoice_vat_rounding_accepted",
            {"by": "accepted_vat_rounding"},
            "(efter indstillingen accepted_vat_rounding)",
            "(by the setting accepted_vat_rounding)",
        ),
        ("invoice_vat_rounding_accepted", {"by": "anna"}, "(anna)", "(anna)"),
        (
            "source_value_unknown",
            {"allowed": "'invoice' or 'credit_note'"},
            "faktura, kreditnota",
            "invoice, credit note",
        ),
        ("setting_invalid", {"allowed": "'invoice' or 'x'"}, "'invoice' or 'x'", "'invoice' or 'x'"),
    ],
)
def test_values_that_are_the_codes_own_are_told_in_words(
    code: str, values: dict[str, str], danish: str, english: str
) -> None:
    reason = Reason(code, values)
    assert danish in reason.text(Language.DANISH)
    assert english in reason.text(Language.ENGLISH)


def test_names_are_in_both_languages() -> None:
    for names in (ACCEPTED_BY, CHECK_ITEMS, FIELDS, MATCHES, STANDINGS, STEPS, VALUES):
        for name, words in names.items():
            assert set(words) == {language.value for language in Language}, name
            assert all(words.values()), name


def test_where_in_a_record_a_value_stands() -> None:
    assert field_path("lines 3 · vat_code", Language.DANISH) == "Linje 3 · Momskode"
    assert field_path("lines 3 · parts 2 · net_amount", Language.ENGLISH) == "Line 3 · Part 2 · Net"
    assert field_path("address_line_2", Language.DANISH) == "Adresse 2"
    assert field_path("recipient zip", Language.ENGLISH) == "Recipient's postcode"
    assert field_path("SomethingElse 12 · x", Language.DANISH) == "SomethingElse 12 · x"
    assert field_path("", Language.DANISH) == ""


ONE_WORD = {
    # the source's files are the engineers', who call it so: `sources/<name>`
    r"\bkilden?s?\b": ("da", "tidssystemet", {"source_", "setting_"}),
    r"\bthe source\b": ("en", "the time system", {"source_", "setting_"}),
    r"\b(spørger|spørges|spørge) (selv )?modtageren\b": ("da", "regnskabet", set()),
    r"\bthe target\b": ("en", "the accounts", set()),
    r"forskel\w* (\w+ )?godkend": ("da", "accepteret", set()),
    r"\bFI-|betalingslinje": ("da", "FIK", set()),
    r"\bFI (creditor|agreement)|payment line": ("en", "FIK", set()),
    r"\bdebitor": ("da", "kunde", set()),
    r"\bdebtor\b": ("en", "customer", set()),
    r"\bvores (reference|henvisning)": ("da", "mærke", set()),
    r"\bour (own )?reference": ("en", "our mark", set()),
    r"\bbrutto": ("da", "i alt", set()),
    r"»opret«": ("da", "»create«, as the form has it", set()),
    r"\{count\} (poster|kunder|forsendelser|records were|deliveries|customers)(?! i træk)": ("da", "no plural", set()),
}
"""One word for one thing (docs/concepts.md): what is not said, in which language, and what is said instead."""


@pytest.mark.parametrize("pattern", ONE_WORD)
def test_one_word_for_one_thing(pattern: str) -> None:
    language, instead, excepted = ONE_WORD[pattern]
    for name, words in report_texts().items():
        assert not re.search(pattern, words[Language(language)], re.IGNORECASE), f"{name}: say {instead}"
    for code, texts in catalogue().items():
        if not code.startswith(tuple(excepted) or ("\0",)):
            said = f"{texts[Language(language)].text} {texts[Language(language)].do}"
            assert not re.search(pattern, said, re.IGNORECASE), f"{code}: say {instead}"
