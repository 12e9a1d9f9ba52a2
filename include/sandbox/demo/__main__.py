"""``python -m sandbox.demo``: see ``make demo``."""

from __future__ import annotations

import logging
import sys
import time
from decimal import Decimal

from ledgerbridge.target.registry import target_kind
from sandbox.demo.agreement import MissingInAgreementError
from sandbox.demo.first_sync import export_reports, reconcile_now, report_name, watch_first_sync
from sandbox.demo.house import House, open_house
from sandbox.demo.live import Live, watch_live_changes
from sandbox.demo.options import Options, read_options
from sandbox.demo.steps import DemoFailedError, prepare_airflow
from sandbox.demo.summary import make_summary, print_summary, write_summary
from sandbox.processes import NotReadyError, stop_on_signals

_BEGAN = time.monotonic()


def say(line: str) -> None:
    """One line for whoever watches, with the seconds since the start."""
    print(f"{time.monotonic() - _BEGAN:6.1f}  {line}" if line else "", flush=True)


def run(options: Options) -> int:
    """The whole demo; the exit code."""
    say(
        "starting PostgreSQL, the stand-ins for e-conomic and Uniconta, and Airflow …"
        if options.economic_url is None
        else "starting …"
    )
    with open_house(options) as house:
        say(f"Airflow is up at {house.stack.url}")
        for side in house.sides:
            _tell_side(side)
            prepare_airflow(side, say)
            say("first sync")
            watch_first_sync(side, say)
        live = {}
        for side in house.sides:
            _tell_side(side)
            say("two changes in the time system, while everything runs")
            live[side.integration.name] = watch_live_changes(side, say)
        is_good = True
        for side in house.sides:
            _tell_side(side)
            say("comparing both sides")
            reconcile_now(side)
            is_good = _tell(side, live[side.integration.name]) and is_good
        if options.once:
            return 0 if is_good else 1
        _tell_addresses(house)
        house.stack.wait()
        return 0


def _tell_side(house: House) -> None:
    if house.payroll is not None:
        departments = ", ".join(house.integration.source.departments or ())
        target = target_kind(house.integration.target.system).name
        say("")
        say(f"— {house.integration.name}: ClientTime, departments {departments} → {target}")


def _tell(house: House, live: list[Live]) -> bool:
    export_reports(house)
    seconds = Decimal(round((time.monotonic() - _BEGAN) * 10)) / 10
    summary = make_summary(house, live, seconds)
    write_summary(summary, house.folder / f"{report_name(house).replace('reconciliation', 'summary')}.json")
    print_summary(summary, say)
    return summary.is_good


def _tell_addresses(house: House) -> None:
    say("")
    say(f"Airflow:  {house.stack.url}   user admin, password {house.stack.passwords['admin']}")
    say(
        f"Report:   {(house.folder / 'reconciliation.da.html').as_uri()}   (Danish; .en.html, .csv and .xlsx beside it)"
    )
    if house.workshop is not None:
        pages = f"{house.stack.url}/plugin/ledgerbridge"
        say(
            f"Pages:    {pages}   nordlys and nordlys_loen run; {house.workshop.name} is yours to switch on and to link"
        )
    say("Everything runs until Ctrl-C.")


def main() -> int:
    """Run, and say plainly what stands in the way."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        with stop_on_signals():
            return run(read_options())
    except MissingInAgreementError as error:
        print(f"The agreement lacks what its interface does not let us make:\n{error}", file=sys.stderr)
        return 2
    except (DemoFailedError, NotReadyError, TimeoutError) as error:
        print(f"The demo stopped: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
