"""An integration file that is wrong shows as a DAG of its own that says what is wrong. The others are not touched."""

from airflow.sdk import DAG

from ledgerbridge.airflow.broken import say_what_is_wrong, words
from ledgerbridge.airflow.integrations import broken_files

for file in broken_files():
    with DAG(f"{file.name}.settings_invalid", schedule=None, doc_md=words(file), tags=["ledgerbridge", "broken"]):
        say_what_is_wrong(file.name)
