"""The only room that knows Apache Airflow."""
