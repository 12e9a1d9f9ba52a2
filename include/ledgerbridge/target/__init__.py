"""Targets: the accounting systems that records are delivered to, each a folder of its own."""
