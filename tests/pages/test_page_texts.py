"""Every text of the pages is there in both languages, and none is there for nothing (X-6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files

import pytest
from babel.messages.pofile import read_po

from ledgerbridge.delivery.dry_run import Action
from ledgerbridge.delivery.intents import Kind
from ledgerbridge.linking.candidates import Match
from ledgerbridge.pages.customers import COLUMNS
from ledgerbridge.pages.customers import TABS as GUIDE
from ledgerbridge.pages.lamps import Light
from ledgerbridge.pages.language import texts_of
from ledgerbridge.pages.products import TABS as PRODUCT_TABS
from ledgerbridge.pages.transfers import TABS
from ledgerbridge.pages.works import Right
from ledgerbridge.reasons import Language
from ledgerbridge.reconciliation.kinds import Standing
from ledgerbridge.records import Module, VatCode
from ledgerbridge.store.transfers import State
from ledgerbridge.target.contract import CheckStatus

pytestmark = pytest.mark.spec("X-6")

EVENT = re.compile(r'(?:note|note_soon|_note|entry)\(\s*(?:desk, )?\w+(?:\.\w+)?,\s*"(\w+)"|event="(\w+)"')


def _written() -> set[str]:
    found: set[str] = set()
    for template in files("ledgerbridge.pages").joinpath("templates").iterdir():
        text = template.read_text(encoding="utf-8")
        found.update(re.findall(r'\bt\(\s*"([^"]*)"\s*[,)]', text))
        for one, many in re.findall(r't\.count\("([^"]*)", "([^"]*)", ', text):
            found |= {one, many}
    code = files("ledgerbridge.pages").joinpath("visiting.py").read_text(encoding="utf-8")
    return found | set(re.findall(r'self\.text\("([^"]*)"\)', code)) | set(COLUMNS)


def _composed() -> Iterator[str]:
    names = {
        "state": State,
        "because": State,
        "module": Module,
        "tab": TABS,
        "light": Light,
        "guide": GUIDE,
        "match": Match,
        "check": CheckStatus,
        "right": Right,
        "intent": Kind,
        "action": Action,
        "products": PRODUCT_TABS,
        "lines": VatCode,
        "vat": VatCode,
        "standing": (Standing.AGREES, Standing.DIFFERENCE, Standing.NOT_DELIVERED, Standing.NOTICE),
    }
    for name, values in names.items():
        yield from (f"{name} {value}" for value in values)
    for module in Module:
        yield from (f"one {module}", f"{{n}} {module}")


def _events() -> set[str]:
    """Every event of a record's history that the code writes."""
    found = {state.value for state in State} - {"staged", "sending"} | {"not_sent"}
    for module in files("ledgerbridge.delivery").iterdir():
        if module.name.endswith(".py"):
            for hit in EVENT.findall(module.read_text(encoding="utf-8")):
                found.update(filter(None, hit))
    return found


def _catalogue(language: str) -> dict[str, str]:
    content = files("ledgerbridge.pages").joinpath("texts", f"{language}.po").read_bytes()
    import io

    return {str(item.id): str(item.string) for item in read_po(io.BytesIO(content)) if item.id}


def test_danish_has_every_text_and_no_other() -> None:
    danish = _catalogue("da")
    wanted = _written() | set(_composed()) | {f"event {event}" for event in _events()}
    assert {text for text in wanted if not danish.get(text)} == set(), "untranslated"
    assert set(danish) - wanted == set(), "nobody says that"
    assert len(wanted) > 150


def test_english_names_what_is_put_together() -> None:
    composed = set(_composed()) | {f"event {event}" for event in _events()}
    assert set(_catalogue("en")) == composed


def test_both_have_the_same_values() -> None:
    english, danish = _catalogue("en"), _catalogue("da")
    for text, translated in danish.items():
        original = english.get(text, text)
        assert set(re.findall(r"{\w+}", original)) == set(re.findall(r"{\w+}", translated)), text


def test_danish_is_no_english() -> None:
    same = {text for text, translated in _catalogue("da").items() if text == translated}
    assert same <= {"CSV", "E-mail", "Excel (XLSX)", "Integration"}


def test_a_text_with_values_is_filled_in() -> None:
    text = texts_of(Language.DANISH)
    assert text("since {when}", when="i går") == "siden i går"
    assert text.count("one invoices", "{n} invoices", 1) == "1 faktura"
    assert text.count("one invoices", "{n} invoices", 3) == "3 fakturaer"
