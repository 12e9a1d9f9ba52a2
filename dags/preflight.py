"""Preflight: is the agreement set up for this integration?

Reads the agreement and compares it with the integration's settings; changes nothing. Run it whenever the set-up has
changed. Started with **confirm**, it switches the integration on once every item passes: the person who confirms has
also looked at what the interface cannot show (number series, FI set-up, the layout's contents).
"""

from airflow.sdk import Param

from ledgerbridge.airflow import requests
from ledgerbridge.airflow.integrations import integrations
from ledgerbridge.airflow.module_dags import form_dag

FORM = {
    "confirm": Param(
        False,
        type="boolean",
        description="Jeg har set listen igennem, også det, der ikke kan kontrolleres. / "
        "I have read the list, and looked at what cannot be checked.",
    )
}

for integration in integrations():
    with form_dag(integration, "preflight", __doc__, FORM):
        requests.preflight(integration.name)
