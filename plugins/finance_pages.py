"""Finance's pages in the Airflow UI: ``/ledgerbridge``, and an entry in the navigation that leads there."""

from __future__ import annotations

from airflow.plugins_manager import AirflowPlugin

from ledgerbridge.airflow.pages_app import PREFIX, Pages, views


class FinancePages(AirflowPlugin):
    """Overview, transfers, linking, reconciliation, activation."""

    name = "ledgerbridge"
    fastapi_apps = [{"app": Pages(), "url_prefix": PREFIX, "name": "Ledgerbridge"}]  # noqa: RUF012
    external_views = views()
