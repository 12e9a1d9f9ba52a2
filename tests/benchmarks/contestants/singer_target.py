"""A Singer target made with Meltano's SDK, fed by a small tap in the same process; its state is kept between runs.

Pattern: a ``Target`` and a ``RecordSink``, the SDK's class for targets that take one record at a time
(https://sdk.meltano.com/en/latest/classes/singer_sdk.RecordSink.html, https://sdk.meltano.com/en/latest/sinks.html);
``RetriableAPIError`` is tried again with ``backoff``, as the SDK's own REST streams do, ``FatalAPIError`` ends the run
(https://sdk.meltano.com/en/latest/classes/singer_sdk.RESTStream.html). In its favour: the connection stays open,
Retry-After is honoured, the tap sends a bookmark after every record and begins after the last state that the target
gave out (https://github.com/singer-io/getting-started/blob/master/docs/CONFIG_AND_STATE.md). When state is given out is
the SDK's decision: when sinks are drained, at the end and every five minutes. A stream has one sink, which takes one
record after the other, so one connection is used.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import IO, Any, cast

import backoff
import requests
from protocol import Job, Tally, delivering, note, read_job
from singer_sdk import RecordSink, Target
from singer_sdk import typing as th
from singer_sdk.exceptions import FatalAPIError, RetriableAPIError

STREAM = "draft_invoices"
SCHEMA = th.PropertiesList(th.Property("id", th.IntegerType), th.Property("body", th.StringType)).to_dict()
TIMEOUT_SECONDS, TRIES = 30, 5
TOO_MANY_REQUESTS, REFUSALS, SERVER_ERRORS = 429, 400, 500
TRANSIENT = (
    RetriableAPIError,
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
)


def _seconds_told(error: Exception) -> float | None:
    answer = getattr(error, "response", None)
    told = answer.headers.get("Retry-After", "") if answer is not None else ""
    return float(told) if told.isdigit() else None


class DraftInvoices(RecordSink):
    """Posts each record as it comes."""

    def __init__(
        self, target: DraftInvoiceTarget, stream_name: str, schema: dict[str, Any], key_properties: Sequence[str] | None
    ) -> None:
        """One connection, which stays open."""
        super().__init__(target, stream_name, schema, key_properties)
        self._job, self._tally = target.job, target.tally
        self._session = requests.Session()

    def process_record(self, record: dict[str, Any], context: dict[str, Any]) -> None:
        """Post one draft invoice."""
        del context
        self._post(record["body"])
        self._tally.count(delivered=True)

    @backoff.on_exception(backoff.expo, TRANSIENT, max_tries=TRIES)
    @backoff.on_exception(
        backoff.runtime,
        RetriableAPIError,
        value=lambda error: _seconds_told(error) or 0,
        giveup=lambda error: _seconds_told(error) is None,
        max_tries=TRIES,
        jitter=None,
    )
    def _post(self, body: str) -> None:
        answer = self._session.post(
            self._job.url, data=body.encode(), headers=self._job.headers, timeout=TIMEOUT_SECONDS
        )
        message = f"{answer.status_code}: {answer.text}"
        if answer.status_code == TOO_MANY_REQUESTS or answer.status_code >= SERVER_ERRORS:
            raise RetriableAPIError(message, answer)
        if answer.status_code >= REFUSALS:
            raise FatalAPIError(message)


class DraftInvoiceTarget(Target):
    """Draft invoices of one agreement."""

    name = "target-draft-invoices"
    config_jsonschema = th.PropertiesList().to_dict()
    default_sink_class = DraftInvoices

    def __init__(self, job: Job, tally: Tally) -> None:
        """The tokens come with the job, so they are in no configuration file."""
        self.job, self.tally = job, tally
        super().__init__(config={})


class StateFile(io.TextIOBase):
    """Where the target's output goes: a line is the state up to which everything is delivered."""

    def __init__(self, path: Path) -> None:
        """The file may not be there yet."""
        self._path = path

    def write(self, text: str) -> int:
        """Keep the newest state, whole or not at all."""
        beside = self._path.with_suffix(".new")
        beside.write_text(text, encoding="utf-8")
        beside.replace(self._path)
        return len(text)

    def bookmark(self) -> int:
        """The last id that is delivered for certain."""
        if not self._path.exists():
            return 0
        state = json.loads(self._path.read_text(encoding="utf-8"))
        return int(state["bookmarks"][STREAM]["replication_key_value"])


def messages(job: Job, after: int) -> Iterator[str]:
    """What a tap sends: the schema, then each record and a bookmark behind it."""
    yield _line(type="SCHEMA", stream=STREAM, schema=SCHEMA, key_properties=["id"], bookmark_properties=["id"])
    for payload in job.payloads():
        number = int(payload.id)
        if number > after:
            yield _line(type="RECORD", stream=STREAM, record={"id": number, "body": payload.body})
            bookmark = {"replication_key": "id", "replication_key_value": number}
            yield _line(type="STATE", value={"bookmarks": {STREAM: bookmark}})


def _line(**message: Any) -> str:
    return json.dumps(message) + "\n"


def deliver(job: Job, tally: Tally) -> None:
    """From the tap to the target, as ``tap --state state.json | target > state.json`` does it."""
    states = StateFile(job.state / "state.json")
    # A reader of the SDK does nothing with its input but to go through its lines.
    lines = cast("IO[str]", messages(job, states.bookmark()))
    with redirect_stdout(states):
        DraftInvoiceTarget(job, tally).listen(lines)


def main() -> None:
    """Deliver until the end, or until the target refuses a record."""
    job = read_job()
    os.environ["LOGLEVEL"] = "WARNING"
    with delivering() as tally:
        try:
            deliver(job, tally)
        except (FatalAPIError, *TRANSIENT) as error:
            tally.count(delivered=False)
            note(f"{type(error).__name__}: {error}")
            raise SystemExit(1) from error


if __name__ == "__main__":
    main()
