"""The part of a control address that every stand-in has: knobs, clock and faults."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.standin.clock import Clock
from sandbox.standin.faults import BadFaultError, Faults
from sandbox.standin.incoming import Incoming
from sandbox.standin.jsontext import Doc, NotJsonError, encode, parse, parse_object
from sandbox.standin.knobs import UnknownKnobError
from sandbox.standin.reply import Reply
from sandbox.standin.settings import Settings

REFUSED = (BadFaultError, UnknownKnobError, NotJsonError, KeyError, TypeError, ValueError)
"""What a command can be refused with; the answer is 400 with the reason."""

Answerer = Callable[[Doc, Request], object]
Row = tuple[str, str, Answerer]


class SharedCommands:
    """Commands to a sandbox as a whole."""

    def __init__(self, settings: Settings, clock: Clock, faults: Faults) -> None:
        """The settings, the clock and the fault rules that the commands change."""
        self._settings = settings
        self._clock = clock
        self._faults = faults

    def table(self) -> list[Row]:
        """Verb, path and what answers."""
        return [
            ("GET", "/knobs", self._get_knobs),
            ("PUT", "/knobs", self._put_knobs),
            ("GET", "/clock", self._get_clock),
            ("PUT", "/clock", self._put_clock),
            ("GET", "/faults", self._get_faults),
            ("POST", "/faults", self._post_fault),
            ("DELETE", "/faults", self._clear_faults),
            ("DELETE", "/faults/{fault:int}", self._clear_faults),
        ]

    def _get_knobs(self, _body: Doc, _request: Request) -> object:
        return self._settings.knobs.everything()

    def _put_knobs(self, body: Doc, request: Request) -> object:
        self._settings.set_knobs(body)
        return self._get_knobs(body, request)

    def _get_clock(self, _body: Doc, _request: Request) -> object:
        clock = self._clock
        return {"now": clock.now().isoformat(), "offset": clock.offset, "today": clock.today().isoformat()}

    def _put_clock(self, body: Doc, request: Request) -> object:
        offset = body.get("offset")
        advance = int(body.get("advance", 0))
        self._settings.move_clock(advance=advance, offset=None if offset is None else int(offset))
        return self._get_clock(body, request)

    def _get_faults(self, _body: Doc, _request: Request) -> object:
        return {"rules": self._faults.shown()}

    def _post_fault(self, body: Doc, _request: Request) -> object:
        return {"id": self._faults.add(body).id}

    def _clear_faults(self, _body: Doc, request: Request) -> object:
        self._faults.clear(request.path_params.get("fault"))
        return {"rules": self._faults.shown()}


def routes(table: list[Row]) -> list[Route]:
    """The commands as routes: JSON in and out, a refusal is 400 with ``{"error": ...}``."""
    return [Route(path, _endpoint(answerer), methods=[verb]) for verb, path, answerer in table]


def persons_request(method: str, path: str, body: object) -> Incoming:
    """What a person does in the vendor's own pages, as a request."""
    address, _, query = path.partition("?")
    raw = b"" if body is None else encode(body)
    return Incoming(method.upper(), address, query, {"content-type": "application/json"}, raw, "http://person")


def shown_to_person(reply: Reply) -> Doc:
    """What a person sees: the status, and the body where it is JSON."""
    shown: object = None
    if reply.content_type.startswith("application/json") and reply.body:
        shown = parse(reply.body)
    return {"status": reply.status, "body": shown}


def _endpoint(answerer: Answerer) -> Callable[[Request], Awaitable[Response]]:
    @wraps(answerer)
    async def endpoint(request: Request) -> Response:
        raw = await request.body()
        try:
            answer = answerer(parse_object(raw) if raw else {}, request)
        except REFUSED as error:
            return _json(400, {"error": f"{type(error).__name__}: {error}"})
        return _json(200, answer)

    return endpoint


def _json(status: int, body: object) -> Response:
    return Response(encode(body), status, media_type="application/json")
