"""Sagsbog, a made-up case book of a small workshop: a source that lets its customers be made and changed.

SQL and a manifest are all there is to it, as of any source; what is here only sets its database up. It stands beside
ClientTime, which takes nothing back but links, numbers and totals, so that what such a source allows can be tried.
"""

from __future__ import annotations

from contextlib import closing

import psycopg2

from ledgerbridge.source.capture import install_grants, install_triggers
from ledgerbridge.source.manifest import load_manifest
from ledgerbridge.sql import load

__all__ = ["SYSTEM", "make_case_book"]

SYSTEM = "sandbox.sagsbog"
"""What an integration's file says under ``source.system``."""


def make_case_book(dsn: str, *rows: str) -> None:
    """Tables, triggers and grants in an empty database, as its owner. ``rows``: SQL files of this folder, too."""
    manifest = load_manifest(SYSTEM)
    with closing(psycopg2.connect(dsn)) as connection:
        with connection, connection.cursor() as cursor:
            for file in (manifest.tables or "schema", *rows):
                cursor.execute(load(manifest.package, file))
        install_triggers(connection, manifest)
        install_grants(connection, manifest)
