"""Every reason that the code names exists, in both languages, with the same values (X-6)."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import pytest

from ledgerbridge import errors
from ledgerbridge.errors import InDoubt, LedgerbridgeError, NeedsGrant, NotSettledYet, Refusal, Rejection, TryAgain
from ledgerbridge.reasons import Language, Reason, catalogue

LIBRARY = Path(__file__).parents[1] / "include" / "ledgerbridge"
_ERRORS = {name for name in errors.__all__ if isinstance(getattr(errors, name), type)} | {"RefusedProperty"}
_MAKERS = _ERRORS | {"Reason", "rejects", "warns"}


def _codes_used() -> dict[str, str]:
    """Code → where: first arguments of reasons and errors, and ``code = "…"`` before them."""
    used = {}
    for file in LIBRARY.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            found: ast.expr | None = None
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _MAKERS and node.args:
                found = node.args[0]
            elif isinstance(node, ast.Assign) and [getattr(target, "id", "") for target in node.targets] == ["code"]:
                found = node.value
            if isinstance(found, ast.Constant) and isinstance(found.value, str) and found.value:
                used[found.value] = f"{file.relative_to(LIBRARY)}:{found.lineno}"
    return used


@pytest.mark.spec("X-6")
def test_every_code_in_use_has_its_texts() -> None:
    used = _codes_used()
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


def test_a_class_says_what_happens_next() -> None:
    kinds = (TryAgain, InDoubt, Rejection, Refusal, NeedsGrant)
    for name in _ERRORS - {"RefusedProperty", "LedgerbridgeError"}:
        kind = getattr(errors, name)
        assert issubclass(kind, LedgerbridgeError)
        assert sum(issubclass(kind, one) for one in kinds) == 1, name
    assert issubclass(NotSettledYet, InDoubt)
    assert str(Rejection("text_cut", field="x", limit=3)).startswith("[text_cut] The text in the field")
