"""Ledgerbridge's own database: records, links, transfers, history, runs and the archive."""
