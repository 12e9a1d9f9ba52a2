"""ClientTime as a source: the SQL files and the manifest in this folder are all there is to it.

No public description of ClientTime's own (Microsoft SQL Server) tables exists. The schema here is the
PostgreSQL form that Ledgerbridge defines, after the vendor's guides (seeds 000 and 001).
"""
