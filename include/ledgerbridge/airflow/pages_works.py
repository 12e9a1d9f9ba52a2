"""What the pages are told by Airflow: logins, connections, how DAGs stand, where runs are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

from airflow.models.dag import DagModel
from airflow.utils.session import create_session
from sqlalchemy import select
from starlette.requests import Request

from ledgerbridge.airflow.connections import store_dsn
from ledgerbridge.airflow.integrations import broken_files, integrations
from ledgerbridge.airflow.pages_app import base_path
from ledgerbridge.airflow.pages_login import AirflowVisitor, visitor_of
from ledgerbridge.integration import BrokenFile, Integration
from ledgerbridge.pages.works import Schedule
from ledgerbridge.store.database import Connection, connect

__all__ = ["AirflowWorks"]


class AirflowWorks:
    """The outside of the pages where they are mounted in Airflow's API server."""

    async def visitor(self, request: Request) -> AirflowVisitor | None:
        """As Airflow's own pages would have it."""
        return await visitor_of(request)

    def login_address(self, back_to: str) -> str:
        """Airflow's login, whichever auth manager makes it."""
        return f"{base_path()}/api/v2/auth/login?{urlencode({'next': back_to})}"

    def integrations(self) -> Sequence[Integration]:
        """As the files are now."""
        return integrations()

    def broken_files(self) -> Sequence[BrokenFile]:
        """As the files are now."""
        return broken_files()

    def open_store(self) -> Connection:
        """By Airflow's connection to our own database."""
        return connect(store_dsn())

    def schedules(self, integration: Integration) -> Mapping[str, Schedule]:
        """Whether each DAG is on, and when it runs next at the latest."""
        prefix = f"{integration.name}."
        with create_session() as session:
            rows = session.execute(
                select(DagModel.dag_id, DagModel.is_paused, DagModel.next_dagrun_create_after).where(
                    DagModel.dag_id.startswith(prefix, autoescape=True), DagModel.is_stale.is_(False)
                )
            ).all()
        return {
            dag_id.removeprefix(prefix): Schedule(not is_paused, None if is_paused else next_run)
            for dag_id, is_paused, next_run in rows
        }

    def run_address(self, run_id: str) -> str | None:
        """The run's page; our run ids are Airflow's DAG and run in one."""
        dag_id, stroke, run = run_id.partition("/")
        return f"{base_path()}/dags/{quote(dag_id, safe='')}/runs/{quote(run, safe='')}" if stroke else None
