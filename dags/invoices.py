"""Approved invoices: from the time system to booked in the accounting system. One DAG per integration.

On-call: the red square is the one to clear. Its log has a code, the cause and what to do, in English and in Danish.
Mend that, then **Clear** the red `load` instance; nothing is sent twice. Invoices that wait for their
customer's link go on by themselves. A skipped run found nothing to do, or the integration is not switched on.

Started with the form, a run first carries out what it asks for, under the name of whoever started it.
"""

from airflow.sdk import Param

from ledgerbridge.airflow import tasks
from ledgerbridge.airflow.assets import settled_alias
from ledgerbridge.airflow.decisions import ACCEPT, BECAUSE, SET_ASIDE
from ledgerbridge.airflow.integrations import integrations
from ledgerbridge.airflow.module_dags import module_dag
from ledgerbridge.records import Module

MODULE = Module.INVOICES

TEXTS = {"type": "string"}
FORM = {
    ACCEPT: Param(
        [], "Acceptér momsforskellen på disse fakturaer / Accept the VAT difference of these", type="array", items=TEXTS
    ),
    SET_ASIDE: Param([], "Læg disse fakturaer til side / Set these invoices aside", type="array", items=TEXTS),
    BECAUSE: Param(None, "Hvorfor? / Why are they set aside?", type=["null", "string"], maxLength=500),
}

for integration in integrations():
    name = integration.name
    with module_dag(integration, MODULE, __doc__, FORM):
        extracted = tasks.extract(name, MODULE)
        validated = tasks.validate(name, MODULE, extracted)
        chunks = tasks.transform(name, MODULE, validated)
        loaded = tasks.load.partial(integration=name, module=MODULE).expand(chunk=chunks)
        settled = tasks.settle.override(outlets=[settled_alias(name, MODULE)])(name, MODULE)
        loaded >> settled.as_teardown() >> tasks.closed()
