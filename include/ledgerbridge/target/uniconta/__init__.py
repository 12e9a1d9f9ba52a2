"""Uniconta, by its Web API and its OData feed. Facts about it: ``docs/uniconta.md``."""
