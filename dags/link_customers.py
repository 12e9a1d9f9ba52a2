"""Linking of customers: which customer of the time system is which in the accounting system.

Start it with the form: **list** shows every customer without a link and its likely counterparts (in the task's log);
**link**, **unlink**, **create** and **skip** settle one customer; **confirm** ends the linking step, after which new
customers are created by themselves. Invoices that waited for a customer go on with the next run.
"""

from airflow.sdk import Param

from ledgerbridge.airflow import requests
from ledgerbridge.airflow.integrations import integrations
from ledgerbridge.airflow.module_dags import form_dag, nudge

FORM = {
    "action": Param(
        "list", type="string", enum=list(requests.ACTIONS), description="Hvad skal der ske? / What is to be done?"
    ),
    "customer_number": Param(
        None, type=["null", "string"], description="Kundenummer i tidssystemet / Customer number in the time system"
    ),
    "target_number": Param(
        None, type=["null", "string"], description="Kundenummer i regnskabet / Customer number in the accounts"
    ),
}

for integration in integrations():
    with form_dag(integration, "link_customers", __doc__, FORM):
        requests.link_customers.override(outlets=nudge(integration))(integration.name)
