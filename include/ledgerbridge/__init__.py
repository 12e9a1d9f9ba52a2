"""Ledgerbridge: a company's time-and-billing system and its accounting system, kept in step.

Rooms, ground floor first; a room imports only from floors below it (held by import-linter):

====== =====================================================================
floor  rooms
====== =====================================================================
5      ``airflow`` (the only room that knows Apache Airflow), ``assembly``, ``comparing``,
       ``pages`` (finance's pages)
4      ``delivery``, ``linking``, ``reconciliation``, ``validation``
3      ``store`` (Ledgerbridge's own database)
2      ``source`` (time systems), ``target`` (accounting systems)
1      ``records``, ``money``, ``integration``, ``errors``, ``reasons``, ``sql``, ``texts``,
       ``invoice_lines``, ``payment_line``
====== =====================================================================
"""
