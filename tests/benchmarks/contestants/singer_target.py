"""A Singer target made with Meltano's SDK, fed by a small tap in the same process; its state is kept between runs.

Pattern: a ``Target`` and a ``RecordSink``, the SDK's class for targets that take one record at a time
(https://sdk.meltano.com/en/latest/classes/singer_sdk.RecordSink.html, https://sdk.meltano.com/en/latest/sinks.html);
``RetriableAPIError`` is tried again with ``backoff``, as the SDK's own REST streams do, ``FatalAPIError`` ends the run
(https://sdk.meltano.com/en/latest/classes/singer_sdk.RESTStream.html). In its favour: the connection stays open,
Retry-After is honoured, and the tap sends a bookmark after every record and begins after the last STATE that the target
gave out (https://github.com/singer-io/getting-started/blob/master/docs/CONFIG_AND_STATE.md). When it gives STATE out is
the SDK's decision: when sinks are drained, which is at the end and every five minutes
(https://sdk.meltano.com/en/latest/sinks.html). A stream has one sink, which takes one record after the other: one
connection is used.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

import backoff
import requests
from protocol import Job, Tally, delivering, note, read_job
from singer_sdk import RecordSink, Target
from singer_sdk.exceptions import FatalAPIError, RetriableAPIError
from singer_sdk.singerlib.encoding import SimpleSingerReader

STREAM = "draft_invoices"
SCHEMA = {"properties": {"id": {"type": "integer"}, "body": {"type": "string"}}}
TIMEOUT_SECONDS, TRIES = 30, 5
TOO_MANY_REQUESTS, REFUSALS, SERVER_ERRORS = 429, 400, 500


class DraftInvoices(RecordSink):
    """Posts each record as it comes."""

    def process_record(self, record: dict[str, Any], context: dict[str, Any]) -> None:
        """Post one draft invoice."""
        del context
        target = self._target
        if not isinstance(target, DraftInvoiceTarget):
            raise TypeError(type(target).__name__)
        target.post(record["body"])


class DraftInvoiceTarget(Target):
    """Draft invoices of one agreement."""

    name = "target-draft-invoices"
    config_jsonschema = {"properties": {}}  # noqa: RUF012  the SDK's own way to declare it
    default_sink_class = DraftInvoices
