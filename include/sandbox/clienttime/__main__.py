"""Builds the demo database: ``python -m sandbox.clienttime --dsn postgresql://…`` (an empty database)."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from datetime import UTC, date, datetime

from ledgerbridge.errors import LedgerbridgeError
from ledgerbridge.source.database import connect
from sandbox.clienttime.database import build
from sandbox.clienttime.demo import generate
from sandbox.clienttime.volume import add_volume


def main(arguments: list[str]) -> int:
    """Exit code 0 when the database stands, 1 when it cannot be reached."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.clienttime", description=__doc__)
    parser.add_argument("--dsn", required=True, help="an empty PostgreSQL database, as its owner")
    parser.add_argument("--today", type=date.fromisoformat, default=datetime.now(UTC).date(), help="YYYY-MM-DD")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--volume", action="store_true", help="20,000 customers and 10,000 invoices more")
    options = parser.parse_args(arguments)
    demo = generate(options.today, options.seed)
    try:
        with closing(connect(options.dsn, application_name="clienttime demo")) as connection:
            build(connection, demo)
            if options.volume:
                add_volume(connection, options.today)
    except LedgerbridgeError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(demo.customers)} customers and {len(demo.invoices)} documents as of {demo.today}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
