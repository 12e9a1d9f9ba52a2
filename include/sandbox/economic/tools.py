"""The root list and the vendor's test tools (contract 2.1)."""

from __future__ import annotations

from sandbox.economic.call import Call
from sandbox.economic.errors import bad_request, server_error
from sandbox.economic.routing import Route
from sandbox.standin.reply import Reply

_STABLE = (
    "accounting-years", "accounts", "currencies", "customer-groups", "customers", "departments", "employees",
    "invoices", "layouts", "payment-terms", "product-groups", "products", "self", "units", "vat-accounts",
    "vat-types", "vat-zones",
)  # fmt: skip


def get_root(call: Call) -> Reply:
    """GET /: the resources there are."""
    stable = {name: call.links.to(name) for name in _STABLE}
    return Reply.json(
        200,
        {
            "resources": {"stable": stable, "experimental": {}, "deprecated": {}},
            "self": call.links.to("").rstrip("/"),
        },
    )


def echo(call: Call) -> Reply:
    """Any verb on /echo: answers with the status that was asked for."""
    text = call.query.get("statuscode") or "200"
    if not (text.isascii() and text.isdigit() and 200 <= int(text) <= 599):
        message = "statuscode must be between 200 and 599."
        raise bad_request(message, "Correct the querystring parameter.")
    status = int(text)
    empty = {204, 304}
    return Reply(status) if status in empty else Reply.json(status, {"message": f"Echo {status}."})


def return_http_500(_call: Call) -> Reply:
    """GET /returnHttp500."""
    raise server_error()


ROUTES = (
    Route("GET", "/", get_root),
    *(Route(verb, "/echo", echo) for verb in ("GET", "POST", "PUT", "PATCH", "DELETE")),
    Route("GET", "/returnHttp500", return_http_500),
)
