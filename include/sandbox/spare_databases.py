"""Databases that are used again: emptied, they are as good as a new copy of their template, and sooner there.

A new one is three hundred files, to be copied and one day to be removed; a test run would make six hundred of it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

import psycopg2
from psycopg2 import sql

from ledgerbridge.sql import load
from sandbox.postgres import EmbeddedPostgres

__all__ = ["SpareDatabases"]

LARGEST_BYTES = 16 * 1024**2  # what is larger was given many rows, whose traces would slow the next user down


class SpareDatabases:
    """Copies of one template. Nobody may change the template once this is made."""

    def __init__(self, postgres: EmbeddedPostgres, template: str) -> None:
        self._postgres = postgres
        self._template = template
        self._spare: list[str] = []
        self._used: list[str] = []
        self._made = 0
        with _session(postgres.dsn(template)) as cursor:
            cursor.execute("VACUUM FULL")  # fewer files
            self._schema = _schema(cursor)
            tables = [sql.Identifier(*row) for row in _rows(cursor, "spare_tables")]
            self._emptying = _emptying(tables, _rows(cursor, "spare_sequences")).as_string(cursor)
            contents = ((table, _content(cursor, table)) for table in tables)
            self._contents = [(table, content) for table, content in contents if content]

    def take(self) -> str:
        """The DSN of a database that holds what the template does, and that nobody else has."""
        if self._spare:
            name = self._spare.pop()
        else:
            self._made += 1
            name = f"{self._template}_{self._made}"
            self._postgres.create_database(name, template=self._template)
        self._used.append(name)
        return self._postgres.dsn(name)

    def take_back(self, *, are_kept: bool = False) -> None:
        """Empty all that were taken. What cannot be made as new (its schema was changed) is not used again.

        ``are_kept``: as they are, to be looked at.
        """
        taken, self._used = self._used, []
        for name in taken if not are_kept else ():
            with _session(self._postgres.dsn(name)) as cursor:
                if self._restored(cursor):
                    self._spare.append(name)

    def _restored(self, cursor: Any) -> bool:
        ((ended, there),) = _rows(cursor, "spare_others")
        cursor.execute("SELECT pg_database_size(current_database())")
        if ended != there or cursor.fetchone()[0] > LARGEST_BYTES or _schema(cursor) != self._schema:
            return False
        cursor.execute(self._emptying)
        for table, content in self._contents:
            cursor.copy_expert(sql.SQL("COPY {} FROM STDIN").format(table), io.BytesIO(content))
        return True


def _emptying(tables: Sequence[sql.Identifier], sequences: Sequence[tuple[Any, ...]]) -> sql.Composable:
    """All of it in one go; without triggers, and so in any order of the tables."""
    role = sql.SQL("SET session_replication_role = replica")
    deletions = (sql.SQL("DELETE FROM {}").format(table) for table in tables)
    settings = (
        sql.SQL("SELECT setval({}, {}, {})").format(*(sql.Literal(value) for value in sequence))
        for sequence in sequences
    )
    return sql.SQL("; ").join([role, *deletions, *settings])


@contextmanager
def _session(dsn: str) -> Iterator[Any]:
    with closing(psycopg2.connect(dsn)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        yield cursor


def _rows(cursor: Any, name: str) -> list[tuple[Any, ...]]:
    cursor.execute(load("sandbox", name))
    return list(cursor.fetchall())


def _schema(cursor: Any) -> object:
    return _rows(cursor, "spare_schema")


def _content(cursor: Any, table: sql.Identifier) -> bytes:
    content = io.BytesIO()
    cursor.copy_expert(sql.SQL("COPY {} TO STDOUT").format(table), content)
    return content.getvalue()
