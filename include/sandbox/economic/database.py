"""The file behind the store: the agreements' documents, idempotency keys with their answers, and the request log."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sandbox.standin import database
from sandbox.standin.jsontext import Doc, parse_object, write

_TABLES = """
CREATE TABLE IF NOT EXISTS idempotency (
    scope TEXT NOT NULL, key TEXT NOT NULL, url TEXT NOT NULL, digest TEXT NOT NULL,
    status INTEGER NOT NULL, headers TEXT NOT NULL, body BLOB NOT NULL, stored_at INTEGER NOT NULL,
    PRIMARY KEY (scope, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS request_log (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, agreement INTEGER NOT NULL, method TEXT NOT NULL,
    path TEXT NOT NULL, query TEXT NOT NULL, template TEXT NOT NULL, status INTEGER NOT NULL,
    idempotency_key TEXT, replayed INTEGER NOT NULL, executed INTEGER NOT NULL, fault TEXT
);
CREATE INDEX IF NOT EXISTS request_log_by_agreement ON request_log (agreement, id);
"""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One request as the log keeps it. Tokens are never part of it."""

    at: int
    agreement: int
    method: str
    path: str
    query: str
    template: str
    status: int
    idempotency_key: str | None
    replayed: bool
    executed: bool
    fault: str | None


@dataclass(frozen=True, slots=True)
class Remembered:
    """A request that was registered under an idempotency key, with its answer."""

    url: str
    digest: str
    status: int
    headers: dict[str, str]
    body: bytes
    stored_at: int


class Database(database.Database):
    """Every statement the sandbox runs against its file."""

    def __init__(self, folder: Path) -> None:
        """Open or create the file in a data folder."""
        super().__init__(folder / "economic.sqlite", _TABLES)
        self._remembered = 0

    def erase(self) -> None:
        """Remove everything."""
        for table in ("documents", "idempotency", "request_log"):
            self.write(f"DELETE FROM {table}")  # noqa: S608 - the names stand one line above
        self.commit()

    def remember(self, scope: str, key: str, entry: Remembered) -> int:
        """Register an idempotency key with its answer; tells how many this process has registered."""
        self._remembered += 1
        self.write(
            "INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                scope, key, entry.url, entry.digest, entry.status, write(entry.headers),
                entry.body, entry.stored_at,
            ),
        )  # fmt: skip
        return self._remembered

    def forget_keys(self, scope: str, stored_before: int) -> None:
        """Remove keys whose window is over."""
        self.write("DELETE FROM idempotency WHERE scope = ? AND stored_at < ?", (scope, stored_before))

    def recall(self, scope: str, key: str) -> Remembered | None:
        """What is registered under a key."""
        row = self.read(
            "SELECT url, digest, status, headers, body, stored_at FROM idempotency WHERE scope = ? AND key = ?",
            (scope, key),
        ).fetchone()
        if row is None:
            return None
        url, digest, status, headers, body, stored_at = row
        return Remembered(url, digest, status, parse_object(headers), body, stored_at)

    def log(self, entry: LogEntry) -> None:
        """Append one request to the log."""
        self.write(
            "INSERT INTO request_log (at, agreement, method, path, query, template, status,"
            " idempotency_key, replayed, executed, fault) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                entry.at, entry.agreement, entry.method, entry.path, entry.query, entry.template,
                entry.status, entry.idempotency_key, entry.replayed, entry.executed, entry.fault,
            ),
        )  # fmt: skip

    def logged(self, agreement: int, after: int, limit: int) -> list[Doc]:
        """Log entries of an agreement in order, beginning behind an id."""
        self.commit()
        cursor = self.read(
            "SELECT id, at, method, path, query, template, status, idempotency_key, replayed, executed,"
            " fault FROM request_log WHERE agreement = ? AND id > ? ORDER BY id LIMIT ?",
            (agreement, after, limit),
        )
        names = [column[0] for column in cursor.description]
        entries = [dict(zip(names, row, strict=True)) for row in cursor]
        for entry in entries:
            entry["replayed"] = bool(entry["replayed"])
            entry["executed"] = bool(entry["executed"])
        return entries

    def last_log_id(self) -> int:
        """The id of the newest log entry."""
        (newest,) = self.read("SELECT COALESCE(MAX(id), 0) FROM request_log").fetchone()
        return int(newest)

    def tally(self, agreement: int, after: int) -> list[tuple[str, str, int, bool, bool, int]]:
        """Method, template, status, replayed, executed and number of requests behind an id."""
        rows = self.read(
            "SELECT method, template, status, replayed, executed, COUNT(*) FROM request_log"
            " WHERE agreement = ? AND id > ? GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3",
            (agreement, after),
        )
        return [(m, t, s, bool(replayed), bool(executed), n) for m, t, s, replayed, executed, n in rows]

    def calls_by_minute(self, agreement: int, since: int) -> dict[int, int]:
        """Calls since a time, by minute since 1970."""
        rows = self.read(
            "SELECT at / 60, COUNT(*) FROM request_log WHERE agreement = ? AND at >= ? GROUP BY 1",
            (agreement, since),
        )
        return dict(rows.fetchall())
