"""The place of the OpenAPI services (contract section 4): not served yet, answered as they would say it."""

from __future__ import annotations

import re

from sandbox.economic.clock import Clock
from sandbox.standin.jsontext import encode
from sandbox.standin.reply import Reply

_PREFIX = re.compile(r"/[a-z0-9]+api(/|$)", re.IGNORECASE)


def is_openapi(path: str) -> bool:
    """Whether a path belongs to a service such as ``/customersapi/v3.1.0/Customers``."""
    return _PREFIX.match(path) is not None


def not_found(log_id: str, clock: Clock) -> Reply:
    """Recorded body #10: a problem document."""
    body = {
        "type": "https://tools.ietf.org/html/rfc9110#section-15.5.5",
        "title": "Resource not found.",
        "status": 404,
        "detail": "The resource you have been looking for does not exist.",
        "errors": [],
        "traceId": log_id,
        "traceTimeUtc": clock.now().strftime("%Y-%m-%dT%H:%M:%S"),
        "errorCode": "ResourceNotFound",
    }
    return Reply(404, encode(body), "application/problem+json; charset=utf-8")
