"""What people ask for on finance's pages: try again, link, set aside, check, switch on. One DAG per integration.

Begins within seconds of a press, and looks every quarter of an hour for what it was not told of. Each wish is carried
out in the name of whoever asked, and answered on the page where it was asked; one that cannot be carried out is told
there and in the log, and reddens nothing.
"""

from airflow.sdk import AssetOrTimeSchedule

from ledgerbridge.airflow.carrying_out import carry_out, requests_asset
from ledgerbridge.airflow.integrations import integrations
from ledgerbridge.airflow.module_dags import every, form_dag, nudge

for integration in integrations():
    name = integration.name
    schedule = AssetOrTimeSchedule(timetable=every(15), assets=[requests_asset(name)])
    with form_dag(integration, "requests", __doc__, {}, schedule, is_on_at_first=True):
        carry_out.override(outlets=nudge(integration))(name)
