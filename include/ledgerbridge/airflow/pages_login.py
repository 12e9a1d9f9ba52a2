"""Airflow's own login and rights as the pages' (X-10).

- read: whoever may see the integration's DAGs;
- act: whoever may start a run of them;
- set up: whoever may change the integration's connection to the accounts, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.resource_details import ConnectionDetails, DagAccessEntity, DagDetails
from airflow.api_fastapi.core_api.security import bearer_scheme, get_user
from fastapi import HTTPException
from starlette.requests import Request

from ledgerbridge.airflow.integrations import integrations
from ledgerbridge.pages.works import Right
from ledgerbridge.records import Module

__all__ = ["AirflowVisitor", "visitor_of"]


@dataclass(frozen=True, slots=True)
class AirflowVisitor:
    """A user of Airflow."""

    user: Any

    @property
    def name(self) -> str:
        """The user's name, as Airflow's own log of events has it."""
        return str(self.user.get_name())

    def may(self, right: Right, integration: str) -> bool:
        """Whether Airflow's auth manager says so."""
        if not self._may_dag("GET", integration):
            return False
        if right is Right.READ:
            return True
        if not self._may_dag("POST", integration, DagAccessEntity.RUN):
            return False
        return right is Right.ACT or self._may_set_up(integration)

    def _may_dag(self, method: Any, integration: str, entity: DagAccessEntity | None = None) -> bool:
        details = DagDetails(id=f"{integration}.{Module.INVOICES}")
        manager = get_auth_manager()
        return bool(manager.is_authorized_dag(method=method, access_entity=entity, details=details, user=self.user))

    def _may_set_up(self, integration: str) -> bool:
        for item in integrations():
            if item.name == integration:
                details = ConnectionDetails(conn_id=item.target.connection)
                return bool(get_auth_manager().is_authorized_connection(method="PUT", details=details, user=self.user))
        return False


async def visitor_of(request: Request) -> AirflowVisitor | None:
    """Whoever the request's token or cookie says it is; nobody when it is not good."""
    try:
        return AirflowVisitor(await get_user(request, None, await bearer_scheme(request)))
    except HTTPException:
        return None
