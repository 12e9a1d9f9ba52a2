"""Approved invoices: from the time system to booked in the accounting system. One DAG per integration."""

from ledgerbridge.airflow import tasks
from ledgerbridge.airflow.assets import settled_alias
from ledgerbridge.airflow.integrations import integrations
from ledgerbridge.airflow.module_dags import module_dag
from ledgerbridge.records import Module

MODULE = Module.INVOICES

for integration in integrations():
    name = integration.name
    with module_dag(integration, MODULE, __doc__):
        extracted = tasks.extract(name, MODULE)
        validated = tasks.validate(name, MODULE, extracted)
        chunks = tasks.transform(name, MODULE, validated)
        loaded = tasks.load.partial(integration=name, module=MODULE).expand(chunk=chunks)
        settled = tasks.settle.override(outlets=[settled_alias(name, MODULE)])(name, MODULE)
        loaded >> settled.as_teardown(on_failure_fail_dagrun=True)
