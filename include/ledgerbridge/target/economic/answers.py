"""What an answer of e-conomic means: read it, or raise the error whose class says what happens next."""

from __future__ import annotations

from typing import Any

from ledgerbridge.errors import (
    InDoubt,
    KeyRefused,
    LedgerbridgeError,
    NeedsGrant,
    NumberTaken,
    Refusal,
    RefusedProperty,
    TryAgain,
)
from ledgerbridge.money import json_loads
from ledgerbridge.target.contract import Answer, Request
from ledgerbridge.target.economic.problems import Problem, is_garbled, problems_of, summary
from ledgerbridge.target.http import RawAnswer

__all__ = ["read_answer", "unreadable"]

# A key that was used for something else (section 2.11): the request under this key was not executed,
# but an earlier one was, and its outcome must be looked up.
_KEY_REFUSED = {"URLChanged", "PayloadChanged"}
_NUMBER_TAKEN = "E06010"
_SLOW_DOWN_SECONDS = 10
_BY_CODE = {
    "E06600": "economic_product_barred",
    "E06820": "economic_customer_barred",
    "E07080": "economic_terms_missing",
    "E07140": "economic_group_missing",
}


def read_answer(request: Request, raw: RawAnswer, *, is_write: bool) -> Answer:
    """The answer of a call that succeeded; 404 on a read is an answer too, when e-conomic itself says so.

    Raises:
        NeedsGrant: 401.
        Refusal: 403.
        TryAgain: 429; on reads also 5xx and answers that cannot be read.
        InDoubt: on writes, 5xx and answers that cannot be read, or a key that was used otherwise.
        Rejection: any other refusal (4xx), with every problem that the body names.
    """
    document = _document(raw)
    match raw.status:
        case 401:
            raise NeedsGrant("economic_grant_needed", problems=summary(problems_of(document)))
        case 403:
            raise Refusal("economic_access_denied", path=_resource(request), problems=summary(problems_of(document)))
        case 429:
            raise TryAgain("economic_too_many_calls", after_seconds=raw.seconds_to_wait(_SLOW_DOWN_SECONDS))
        case status if 200 <= status < 300:
            # An empty answer is none: to a question it would prove an absence, to a deletion that it was carried out.
            # Only 204 says by itself that something was done and there is nothing to tell.
            if document is None and not (is_write and status == 204):
                raise unreadable(request, "no JSON", is_write=is_write)
            replayed = raw.headers.get("X-ResultFromCache", "").lower() == "true"
            return Answer(status, raw.body.decode("utf-8", "replace"), document, replayed)
        case 404 if _is_own_404(document) and not _creates(request):
            return Answer(404, raw.body.decode("utf-8", "replace"), document)
        case 503 if not is_write and "Retry-After" in raw.headers:
            raise TryAgain("economic_too_many_calls", after_seconds=raw.seconds_to_wait(_SLOW_DOWN_SECONDS))
        case 408:
            raise unreadable(request, "HTTP 408", is_write=is_write)
        case status if 400 <= status < 500 and isinstance(document, dict) and not is_garbled(document):
            raise _refused(problems_of(document))
        case status:
            raise unreadable(request, f"HTTP {status}", is_write=is_write)


def unreadable(request: Request, what: str, *, is_write: bool) -> LedgerbridgeError:
    """The error for an answer that says nothing certain: doubt after a write, another try after a read."""
    error = InDoubt if is_write else TryAgain
    return error("economic_answer_unclear", call=f"{request.method} {_resource(request)}", what=what)


def _refused(problems: list[Problem]) -> LedgerbridgeError:
    if any(problem.code in _KEY_REFUSED for problem in problems):
        return KeyRefused("economic_key_refused", problems=summary(problems))
    first = problems[0]
    if first.code == _NUMBER_TAKEN:
        return NumberTaken("economic_number_taken", value=first.value, problems=summary(problems))
    if len(problems) == 1 and first.code in _BY_CODE:
        return RefusedProperty(
            _BY_CODE[first.code], first.property_name, first.value, value=first.value, problems=summary(problems)
        )
    return RefusedProperty("economic_refused", first.property_name, first.value, problems=summary(problems))


def _document(raw: RawAnswer) -> Any:
    try:
        return json_loads(raw.body)
    except ValueError:
        return None


def _creates(request: Request) -> bool:
    """Whether it makes something new: then a 404 is a refusal. Booking is not among them: its draft may be gone."""
    return request.method == "POST" and request.path != "/invoices/booked"


def _is_own_404(document: Any) -> bool:
    # A proxy's or an outage's 404 is no proof of absence (section 7, no. 6): e-conomic says it in JSON.
    if not isinstance(document, dict):
        return False
    return document.get("httpStatusCode", document.get("status")) == 404 or document.get("errorCode") == "E06000"


def _resource(request: Request) -> str:
    return request.path.split("?", 1)[0]
