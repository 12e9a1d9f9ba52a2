"""Airflow plugins: finance's pages."""
