"""A source is a folder of SQL and a manifest, and a wrong manifest says what is wrong."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from clienttime_rows import run

from ledgerbridge.errors import SettingsInvalid
from ledgerbridge.records import Customer, Module
from ledgerbridge.source.database import Connection
from ledgerbridge.source.manifest import CaptureMethod, Manifest, load_manifest
from ledgerbridge.source.reader import SourceReader
from ledgerbridge.sql import load

MANIFEST = """
system: Timeglas
capture: {polling: true}
modules:
  customers: {read: read, ids: ids, polled: polled}
"""
FILES = {
    "manifest.yaml": MANIFEST,
    "read.sql": "SELECT k.nr AS source_id, k.nr AS customer_number, k.navn AS name, k.land AS country "
    "FROM kunde k WHERE k.nr = ANY (%(ids)s)",
    "ids.sql": "SELECT nr AS source_id FROM kunde WHERE %(since)s::date IS NULL AND nr > coalesce(%(after)s, '') "
    "ORDER BY nr LIMIT %(limit)s",
    "polled.sql": "SELECT 1 WHERE %(since)s = %(after_time)s AND %(after_id)s = %(limit)s",
}


@pytest.fixture
def make_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Manifest]]:
    """Writes a source's folder, without any Python in it, and loads its manifest."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(**changed: str) -> Manifest:
        folder = tmp_path / "timeglas_sources" / "timeglas"
        folder.mkdir(parents=True)
        for name, text in {**FILES, **{name.replace("_", ".", 1): text for name, text in changed.items()}}.items():
            if text:
                (folder / name).write_text(text, encoding="utf-8")
        return load_manifest("timeglas_sources.timeglas")

    yield make
    load_manifest.cache_clear()
    load.cache_clear()
    for name in ("timeglas_sources", "timeglas_sources.timeglas"):
        sys.modules.pop(name, None)


def test_clienttime_says_what_it_can(manifest: Manifest) -> None:
    assert manifest.system == "ClientTime"
    assert not manifest.capabilities.creates_customers
    assert manifest.capabilities.writes_links
    assert manifest.capture.methods == (CaptureMethod.TRIGGERS, CaptureMethod.POLLING)
    assert manifest.country_codes()["tyskland"] == "DE"
    assert manifest.country_codes()["no"] == "NO"


def test_a_new_source_needs_no_python(connection: Connection, make_source: Callable[..., Manifest]) -> None:
    run(
        connection,
        "CREATE TABLE kunde (nr text, navn text, land text); INSERT INTO kunde VALUES ('A1', ' Æble ', 'SE')",
    )
    reader = SourceReader(connection, make_source())
    assert list(reader.customers(reader.all_ids(Module.CUSTOMERS))) == [
        Customer(source_id="A1", customer_number="A1", name="Æble", country="SE")
    ]


WRONG = {
    "unknown key": ({"manifest_yaml": MANIFEST + "colour: red\n"}, "colour: Extra inputs are not permitted"),
    "missing key": ({"manifest_yaml": MANIFEST.replace("system: Timeglas", "")}, "system: Field required"),
    "missing file": ({"ids_sql": ""}, "modules.customers.ids: there is no ids.sql in the folder"),
    "missing parameter": ({"read_sql": "SELECT 1"}, "modules.customers.read: read.sql does not use %(ids)s"),
    "polling without": ({"manifest_yaml": MANIFEST.replace(", polled: polled", "")}, "customers.polled: is needed"),
    "no capture": ({"manifest_yaml": MANIFEST.replace("true", "false")}, "at least one of triggers and polling"),
    "idle promise": ({"manifest_yaml": MANIFEST + "capabilities: {writes_links: true}\n"}, "write_link is missing"),
    "unknown module": ({"manifest_yaml": MANIFEST.replace("customers:", "kunder:")}, "Input should be 'customers' or"),
    "no mapping": ({"manifest_yaml": "- a"}, "no mapping"),
    "no yaml": ({"manifest_yaml": "a: [b"}, "expected"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_manifest_names_file_key_and_what_is_allowed(make_source: Callable[..., Manifest], case: str) -> None:
    changed, told = WRONG[case]
    with pytest.raises(SettingsInvalid) as invalid:
        make_source(**changed)
    assert "timeglas_sources/timeglas/manifest.yaml" in str(invalid.value)
    assert told in str(invalid.value)


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [("__init__.py", b"1 / 0", "ZeroDivisionError"), ("manifest.yaml", b"\xff\xfe", "UnicodeDecodeError")],
)
def test_a_package_that_cannot_be_loaded_is_told_with_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, content: bytes, told: str
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    folder = tmp_path / f"broken_{told.lower()}" / "solur"
    folder.mkdir(parents=True)
    (folder / file).write_bytes(content)
    with pytest.raises(SettingsInvalid, match=told) as invalid:
        load_manifest(f"{folder.parent.name}.solur")
    assert invalid.value.reason.code == "source_manifest_invalid"


def test_a_source_that_is_not_there_is_told(manifest: Manifest) -> None:
    with pytest.raises(SettingsInvalid, match="solur"):
        load_manifest("solur")
    with pytest.raises(SettingsInvalid, match=r"customers\.document"):
        manifest.statement(Module.CUSTOMERS, "document")
