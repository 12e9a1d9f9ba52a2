"""Error answers in the shapes the vendor's API was recorded with (contract section 2.10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sandbox.standin.jsontext import Doc

NOT_FOUND_HINT = (
    "The API tries to provide all the resource urls you need. If you have hard coded urls yourself, then try to"
    " look at the enclosing collection for hypermedia information on where the resource you are looking for"
    " could be."
)
VALIDATION_HINT = "Inspect validation errors and correct your request."


@dataclass
class ApiError(Exception):
    """An answer other than success; the pipeline adds logId, logTime and the headers."""

    status: int
    message: str
    hint: str
    code: str | None = None
    extra: Doc = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self, log_id: str, log_time: str) -> Doc:
        """The body in the recorded order of properties."""
        body: Doc = {"message": self.message}
        if self.code:
            body["errorCode"] = self.code
        body |= {"developerHint": self.hint, "logId": log_id, "httpStatusCode": self.status}
        if "errors" in self.extra:
            body["errors"] = self.extra["errors"]
        body["logTime"] = log_time
        return body | {name: value for name, value in self.extra.items() if name != "errors"}


def not_found(code: str | None = None) -> ApiError:
    """Recorded body #9. A repeated DELETE carries E06000 (contract 2.2)."""
    return ApiError(404, "Resource not found.", NOT_FOUND_HINT, code)


def unauthorized() -> ApiError:
    """401 for a missing, unknown or revoked token; the text is the specification's (1.5)."""
    return ApiError(
        401,
        "Unauthorized access.",
        "Please take a look at https://apis.e-conomic.com and follow the links to help on authorization,"
        " or use the word demo for both tokens.",
    )


def tokens_not_a_pair() -> ApiError:
    """E02250: both tokens are good, but not for each other (1.5)."""
    return ApiError(
        401,
        "AppSecretToken does not correspond to the token",
        "Use the grant token that was issued to this app.",
        "E02250",
    )


def forbidden(what_is_missing: str, code: str | None = None) -> ApiError:
    """403, naming the role or the module (1.5)."""
    return ApiError(
        403,
        "Access forbidden. You won't necessarily have access to everything. This depends on the roles asked"
        " for when the grant was issued.",
        what_is_missing,
        code,
    )


def too_many_calls(retry_after: int, reason: str) -> ApiError:
    """429 with Retry-After (2.9)."""
    return ApiError(
        429,
        "Too many requests. You have made too many calls towards our API. You are over your quota. Need to wait"
        " a bit. Check info in the response headers.",
        reason,
        headers={"Retry-After": str(retry_after)},
    )


def method_not_allowed(allowed: Sequence[str]) -> ApiError:
    """405 with the verbs the resource knows."""
    verbs = ", ".join(sorted(allowed))
    return ApiError(405, "Method not allowed.", f"The resource answers to {verbs}.", headers={"Allow": verbs})


def not_acceptable(offered: str) -> ApiError:
    """406, seen on PDFs that are asked for with ``Accept: application/pdf`` (2.3, 3.9)."""
    return ApiError(406, "Not acceptable.", f"Ask with an Accept header that includes {offered}.")


def only_pdf_accepted() -> ApiError:
    """406 on a PDF that is asked for as application/pdf alone; any wider Accept header is fine (3.9)."""
    return not_acceptable("*/*")


def unsupported_media_type() -> ApiError:
    """415: only JSON is taken (2.3)."""
    return ApiError(415, "Unsupported media type.", "Send the body as Content-Type: application/json.")


def not_implemented() -> ApiError:
    """501: linked, but not there (2.10, status table)."""
    return ApiError(501, "Not implemented.", "The resource is linked to, but it is not implemented.")


def server_error() -> ApiError:
    """500."""
    return ApiError(500, "Internal server error.", "Quote the logId when you contact support.")


def bad_request(message: str, hint: str, code: str | None = None) -> ApiError:
    """400 outside validation."""
    return ApiError(400, message, hint, code)


def not_json(problem: str) -> ApiError:
    """The body is not JSON, or no object where one is needed."""
    return bad_request(f"The body is not valid JSON: {problem}", "Send a JSON object.")


def missing_role(resource: str, roles: Sequence[str]) -> ApiError:
    """403, naming the roles that would open the resource (1.5)."""
    return forbidden(f"The resource /{resource} needs the role {' or '.join(roles)}.")


def demo_is_read_only() -> ApiError:
    """403: the demo tokens only read (1.2)."""
    return forbidden("The demo agreement can only be read.")


def bad_filter(problem: str, allowed: Sequence[str]) -> ApiError:
    """Recorded body #8."""
    return ApiError(
        400,
        "Could not parse query string filter.",
        "Filtering on collections can be done using the querystring parameter 'filter'.",
        extra={"errors": [problem], "allowedFilteringFields": list(allowed)},
    )


def bad_sort() -> ApiError:
    """An unsortable field; no list of fields is given (2.7)."""
    return ApiError(
        400,
        "Could not parse query string sort parameter",
        "Sorting on collections can be done using the querystring parameter 'sort'.",
    )


def bad_page(parameter: str, rule: str) -> ApiError:
    """E04810 (2.4)."""
    return ApiError(400, f"{parameter} {rule}", f"Correct the querystring parameter '{parameter}'.", "E04810")


def url_changed() -> ApiError:
    """The key was used with another verb or URL (2.11)."""
    return _key_reused("URLChanged", "URL")


def payload_changed() -> ApiError:
    """The key was used with another body (2.11)."""
    return _key_reused("PayloadChanged", "body")


def _key_reused(code: str, what_changed: str) -> ApiError:
    return ApiError(
        400,
        f"The idempotency key has been used before with another {what_changed}.",
        "Use a new Idempotency-Key for a new request, or send exactly the same request again.",
        code,
    )


def _headline(count: int) -> str:
    return f"Validation failed. {count} error{'' if count == 1 else 's'} found."


def schema_failure(problems: Sequence[str], schema_path: str) -> ApiError:
    """The JSON-schema stage: ``errors`` is a list of strings beside a ``schemaPath`` (2.10)."""
    return ApiError(
        400,
        _headline(len(problems)),
        VALIDATION_HINT,
        "E04300",
        {"errors": list(problems), "errorCount": len(problems), "schemaPath": schema_path},
    )


class Problems:
    """Validation errors of one request, nested like the request (recorded bodies #4, #5, #7)."""

    def __init__(self) -> None:
        """No error yet."""
        self._tree: Doc = {}
        self.count = 0

    def add(self, path: Sequence[str | int], name: str, message: str, code: str, value: object, hint: str) -> None:
        """Add one error at a path such as ``("lines", 8, "product")``."""
        node = self._tree
        for step in path:
            node = _item(node, step) if isinstance(step, int) else node.setdefault(step, {})
        node.setdefault("errors", []).append(
            {
                "propertyName": name,
                "errorMessage": message,
                "errorCode": code,
                "inputValue": value,
                "developerHint": hint,
            }
        )
        self.count += 1

    def raise_if_any(self) -> None:
        """Refuse the request with all errors in one body."""
        if self.count:
            raise ApiError(
                400,
                _headline(self.count),
                VALIDATION_HINT,
                "E04300",
                {"errors": self._tree, "errorCount": self.count},
            )


def _item(node: Doc, index: int) -> Doc:
    items: list[Doc] = node.setdefault("items", [])
    for item in items:
        if item["arrayIndex"] == index:
            return item
    items.append({"arrayIndex": index})
    return items[-1]
