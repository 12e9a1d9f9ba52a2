"""Reconciliation: both sides compared, record by record and in total.

Begins when a run of customers or invoices has moved something, and on its own interval. It changes nothing on either
side. The reports (HTML, CSV, XLSX; Danish and English) are kept in Ledgerbridge's own database.
"""

from airflow.sdk import AssetOrTimeSchedule

from ledgerbridge.airflow import tasks
from ledgerbridge.airflow.assets import settled_asset
from ledgerbridge.airflow.integrations import integrations
from ledgerbridge.airflow.module_dags import every, form_dag

for integration in integrations():
    interval = every(integration.schedule.reconciliation_every_minutes)
    schedule = AssetOrTimeSchedule(timetable=interval, assets=[settled_asset(integration.name)])
    with form_dag(integration, "reconciliation", __doc__, {}, schedule):
        tasks.reconcile(integration.name)
