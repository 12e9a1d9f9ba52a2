"""Airflow plugins: none yet; finance's pages come here."""
