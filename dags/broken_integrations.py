"""An integration file that is wrong shows as a DAG of its own that says what is wrong. The others are not touched."""

from ledgerbridge.airflow.broken import broken_dag, say_what_is_wrong
from ledgerbridge.airflow.integrations import broken_files

for file in broken_files():
    with broken_dag(file):
        say_what_is_wrong(file.name)
