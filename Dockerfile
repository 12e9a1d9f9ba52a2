# One image for every service of docker-compose.yaml: Airflow with Ledgerbridge, from the same pins as
# on a developer's machine. Integrations are mounted, not built in: they are the user's own files.
FROM python:3.12-slim

ENV PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    AIRFLOW_HOME=/opt/airflow \
    PYTHONPATH=/opt/ledgerbridge/include

RUN groupadd --gid 50000 airflow \
 && useradd --uid 50000 --gid airflow --home-dir /opt/airflow --create-home airflow \
 && mkdir -p /opt/airflow/logs /opt/airflow/keep \
 && chown -R airflow:airflow /opt/airflow

COPY requirements.txt /tmp/requirements.txt
RUN pip install uv \
 && PYTHONDONTWRITEBYTECODE= uv pip install --system --no-cache --compile-bytecode -r /tmp/requirements.txt \
 && pip uninstall --yes uv \
 && rm /tmp/requirements.txt

COPY dags /opt/ledgerbridge/dags
COPY plugins /opt/ledgerbridge/plugins
COPY include/ledgerbridge /opt/ledgerbridge/include/ledgerbridge

USER airflow
WORKDIR /opt/airflow
CMD ["airflow", "version"]
