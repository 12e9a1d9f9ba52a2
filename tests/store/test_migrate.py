"""Our own tables are made where the statements will run, and nowhere else."""

from __future__ import annotations

import pytest

from ledgerbridge.store import database
from ledgerbridge.store.database import ServerTooOldError, connect, migrate
from sandbox.grounds import Grounds


def test_a_server_that_is_too_old_is_refused_before_anything_is_made(
    grounds: Grounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No server so old can be started here, so the one that is there is taken for too old."""
    dsn = grounds.postgres.create_database("too_old")
    monkeypatch.setattr(database, "OLDEST_SERVER", 990_000)
    with pytest.raises(ServerTooOldError, match=r"it needs 99 or newer\. Make it on a newer server"):
        migrate(dsn)
    store = connect(dsn)
    try:
        with store.cursor() as cursor:
            cursor.execute("SELECT count(*) AS schemas FROM pg_namespace WHERE nspname = 'ledgerbridge'")
            assert cursor.fetchone() == {"schemas": 0}
    finally:
        store.close()
