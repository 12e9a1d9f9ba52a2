"""Changed customers: from the time system to the accounting system. One DAG per integration.

On-call: the red square is the one to clear. Its log has a code, the cause and what to do, in English and in Danish.
Mend that, then **Clear** the red `load` instance; nothing is sent twice. Customers that wait for a link
stand in `link_customers`. A skipped run found nothing to do, or the integration is not switched on (`preflight`).
"""

from ledgerbridge.airflow import tasks
from ledgerbridge.airflow.assets import settled_alias
from ledgerbridge.airflow.integrations import integrations
from ledgerbridge.airflow.module_dags import module_dag
from ledgerbridge.records import Module

MODULE = Module.CUSTOMERS

for integration in integrations():
    name = integration.name
    with module_dag(integration, MODULE, __doc__):
        extracted = tasks.extract(name, MODULE)
        validated = tasks.validate(name, MODULE, extracted)
        chunks = tasks.transform(name, MODULE, validated)
        loaded = tasks.load.partial(integration=name, module=MODULE).expand(chunk=chunks)
        settled = tasks.settle.override(outlets=[settled_alias(name, MODULE)])(name, MODULE)
        loaded >> settled.as_teardown() >> tasks.closed()
