"""The file behind the store: the companies' documents and the request log."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sandbox.standin import database
from sandbox.standin.jsontext import Doc

_LOG = """
CREATE TABLE IF NOT EXISTS request_log (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, company INTEGER NOT NULL, user TEXT NOT NULL, method TEXT NOT NULL,
    path TEXT NOT NULL, query TEXT NOT NULL, template TEXT NOT NULL, status INTEGER NOT NULL,
    executed INTEGER NOT NULL, refused TEXT, fault TEXT
);
CREATE INDEX IF NOT EXISTS request_log_by_company ON request_log (company, id);
CREATE INDEX IF NOT EXISTS request_log_by_user ON request_log (user, at);
"""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One request as the log keeps it. Tokens and passwords are never part of it."""

    at: int
    company: int
    user: str
    method: str
    path: str
    query: str
    template: str
    status: int
    executed: bool
    refused: str | None
    """The name of the error, where a success was none."""
    fault: str | None


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a kind of request was made and ended in one way."""

    method: str
    template: str
    status: int
    executed: bool
    refused: bool
    number: int


class Database(database.Database):
    """Every statement the sandbox runs against its file."""

    def __init__(self, folder: Path) -> None:
        """Open or create the file in a data folder."""
        super().__init__(folder / "uniconta.sqlite", _LOG)

    def erase(self) -> None:
        """Remove everything."""
        self.write("DELETE FROM documents")
        self.write("DELETE FROM request_log")
        self.commit()

    def log(self, entry: LogEntry) -> None:
        """Append one request to the log."""
        self.write(
            "INSERT INTO request_log (at, company, user, method, path, query, template, status, executed, refused,"
            " fault) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                entry.at, entry.company, entry.user, entry.method, entry.path, entry.query, entry.template,
                entry.status, entry.executed, entry.refused, entry.fault,
            ),
        )  # fmt: skip

    def logged(self, company: int, after: int, limit: int) -> list[Doc]:
        """Log entries of a company in order, beginning behind an id."""
        cursor = self.read(
            "SELECT id, at, user, method, path, query, template, status, executed, refused, fault FROM request_log"
            " WHERE company = ? AND id > ? ORDER BY id LIMIT ?",
            (company, after, limit),
        )
        names = [column[0] for column in cursor.description]
        entries = [dict(zip(names, row, strict=True)) for row in cursor]
        return [entry | {"executed": bool(entry["executed"])} for entry in entries]

    def last_log_id(self) -> int:
        """The id of the newest log entry."""
        (newest,) = self.read("SELECT COALESCE(MAX(id), 0) FROM request_log").fetchone()
        return int(newest)

    def tally(self, company: int, after: int) -> list[Tally]:
        """The requests of a company behind an id, counted."""
        rows = self.read(
            "SELECT method, template, status, executed, refused IS NOT NULL, COUNT(*) FROM request_log"
            " WHERE company = ? AND id > ? GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3",
            (company, after),
        )
        return [Tally(m, t, s, bool(executed), bool(refused), n) for m, t, s, executed, refused, n in rows]

    def calls_by_minute(self, user: str, since: int) -> dict[int, int]:
        """A user's calls since a time, by minute since 1970."""
        rows = self.read(
            "SELECT at / 60, COUNT(*) FROM request_log WHERE user = ? AND at >= ? GROUP BY 1", (user, since)
        )
        return dict(rows.fetchall())
