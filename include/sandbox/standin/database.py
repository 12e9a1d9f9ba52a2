"""The SQLite file behind a stand-in: whatever was answered is on disk before the answer leaves.

WAL with ``synchronous=NORMAL`` hands every commit to the operating system, so a killed sandbox loses
nothing that it answered; only a power cut could.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

from sandbox.standin.jsontext import Doc, keep, parse_object

# The column is called as the first stand-in calls a company's books: folders of earlier runs stay readable.
_DOCUMENTS = """
CREATE TABLE IF NOT EXISTS documents (
    agreement INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (agreement, kind, name)
) WITHOUT ROWID;
"""


class Database:
    """Documents of several companies' books; a stand-in adds tables of its own."""

    def __init__(self, file: Path, tables: str = "") -> None:
        """Open or create the file, with ``tables`` beside the documents."""
        file.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(file, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_DOCUMENTS + tables)

    def commit(self) -> None:
        """Make everything since the last commit survive a kill."""
        if self._db.in_transaction:
            self._db.execute("COMMIT")

    def rollback(self) -> None:
        """Forget everything since the last commit."""
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    @property
    def has_changes(self) -> bool:
        """Whether anything was written since the last commit."""
        return self._db.in_transaction

    def close(self) -> None:
        """Commit and close."""
        self.commit()
        self._db.close()

    def write(self, statement: str, values: tuple[object, ...] = ()) -> None:
        """Run a statement in the transaction that the next commit ends."""
        if not self._db.in_transaction:
            self._db.execute("BEGIN")
        self._db.execute(statement, values)

    def read(self, statement: str, values: tuple[object, ...] = ()) -> sqlite3.Cursor:
        """Run a query."""
        return self._db.execute(statement, values)

    def put(self, books: int, kind: str, name: str, body: Mapping[str, object]) -> None:
        """Store one document."""
        self.write("INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?)", (books, kind, name, keep(body)))

    def remove(self, books: int, kind: str, name: str) -> None:
        """Remove one document."""
        self.write("DELETE FROM documents WHERE agreement = ? AND kind = ? AND name = ?", (books, kind, name))

    def discard(self, books: int) -> None:
        """Remove every document of a company's books."""
        self.write("DELETE FROM documents WHERE agreement = ?", (books,))

    def documents(self, books: int) -> Iterator[tuple[str, str, Doc]]:
        """All documents of a company's books as kind, name, body."""
        for kind, name, body in self.read("SELECT kind, name, body FROM documents WHERE agreement = ?", (books,)):
            yield kind, name, parse_object(body)

    def numbers(self) -> list[int]:
        """The numbers of all companies' books; 0, the sandbox itself, is not among them."""
        rows = self.read("SELECT DISTINCT agreement FROM documents WHERE agreement <> 0 ORDER BY agreement")
        return [number for (number,) in rows]
