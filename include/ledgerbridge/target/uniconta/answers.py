"""What an answer of the Web API means: read it, or raise the error whose class says what happens next.

It fails in five ways (section 5.4): a status with a JSON string, success with plain text, an object whose ``Err`` is
not 0, a bare name, and 401. An answer that is none of them says nothing.
"""

from __future__ import annotations

from typing import Any

from ledgerbridge.errors import (
    InDoubt,
    LedgerbridgeError,
    NeedsGrant,
    NumberTaken,
    Refusal,
    RefusedProperty,
    Rejection,
    TryAgain,
)
from ledgerbridge.money import json_loads
from ledgerbridge.target.contract import Request
from ledgerbridge.target.http import RawAnswer
from ledgerbridge.target.uniconta.error_codes import Trouble, code_named, kind_of

__all__ = ["Gone", "TokenRefused", "read_answer", "unreadable"]

_SLOW_DOWN_SECONDS = 30
_HOURS = 3600
_MOST_OF_A_TEXT = 300


class TokenRefused(Exception):
    """401: this token is not good any more. Nothing was done; another one may do."""


class Gone(Rejection):
    """What the call was about is not there."""


def read_answer(request: Request, raw: RawAnswer, *, is_write: bool) -> Any:
    """The JSON of a call that succeeded; nothing where success was answered with an empty body.

    Raises:
        TokenRefused: 401.
        Gone: what it was about is not there.
        LedgerbridgeError: every other refusal by its kind; on writes :class:`~ledgerbridge.errors.InDoubt` where the
            answer does not say what was done.
    """
    if raw.status == 401:
        raise TokenRefused
    said = _said(raw)
    if 200 <= raw.status < 300:
        return _success(request, raw, said, is_write=is_write)
    if raw.status == 429:
        raise TryAgain("uniconta_busy", after_seconds=raw.seconds_to_wait(_SLOW_DOWN_SECONDS), what="HTTP 429")
    name = code_named(said) if isinstance(said, str) else None
    if name is not None and raw.status < 500:
        raise _error(request, name, is_write=is_write)
    if raw.status == 403:
        raise Refusal("uniconta_access_denied", call=request.path, what=_short(said))
    if raw.status == 404 and said is not None:
        raise Gone("uniconta_gone", what=_short(said))
    if 400 <= raw.status < 500 and raw.status != 408 and isinstance(said, str):
        raise RefusedProperty("uniconta_refused", "", "", what=_short(said))
    if raw.status in {500, 503} and name is not None and kind_of(name) is Trouble.LATER:
        raise _error(request, name, is_write=is_write)
    raise unreadable(request, f"HTTP {raw.status}", is_write=is_write)


def unreadable(request: Request, what: str, *, is_write: bool) -> LedgerbridgeError:
    """The error for an answer that says nothing certain: doubt after a write, another try after a read."""
    error = InDoubt if is_write else TryAgain
    return error("uniconta_answer_unclear", call=f"{request.method} {request.path.split('?', 1)[0]}", what=what)


def _success(request: Request, raw: RawAnswer, said: Any, *, is_write: bool) -> Any:
    if said is None:
        if is_write and not raw.body.strip():
            return None  # 200 or 204 without a body: it was done (section 4)
        raise unreadable(request, "no JSON", is_write=is_write)
    if isinstance(said, str):
        if (name := code_named(said)) is not None:
            raise _error(request, name, is_write=is_write)
        if _wants_text(request):
            return said
        raise unreadable(request, _short(said), is_write=is_write)
    if isinstance(said, dict) and said.get("Err") not in (None, 0, "Succes", "0"):
        raise _error(request, _code_of(request, said["Err"], is_write=is_write), said, is_write=is_write)
    return said


def _code_of(request: Request, said: Any, *, is_write: bool) -> str:
    """The error's name. A number that is newer than we are says that it was refused; anything else says nothing."""
    if (name := code_named(said)) is not None:
        return name
    if isinstance(said, int) and not isinstance(said, bool):
        return f"Err {said}"
    raise unreadable(request, "Err is no number", is_write=is_write)


def _error(request: Request, name: str, said: Any = None, *, is_write: bool) -> LedgerbridgeError:
    kind = kind_of(name)
    if kind is Trouble.UNCLEAR:
        return unreadable(request, name, is_write=is_write)
    if kind is Trouble.GONE and _property(said) in {"", "OrderNumber"}:
        return Gone("uniconta_gone", what=name)
    general = _general(kind, name, request.path.split("?", 1)[0])
    return general if general is not None else _of_record(name, said)


def _general(kind: Trouble, name: str, path: str) -> LedgerbridgeError | None:
    """The error of a kind that says all that there is to say."""
    match kind:
        case Trouble.LATER:
            return TryAgain("uniconta_busy", after_seconds=_SLOW_DOWN_SECONDS, what=name)
        case Trouble.LATER_TODAY_NO_MORE:
            return TryAgain("uniconta_busy", after_seconds=_HOURS, what=name)
        case Trouble.ACCESS:
            return NeedsGrant("uniconta_login_refused", what=name)
        case Trouble.RIGHTS:
            return Refusal("uniconta_access_denied", call=path, what=name)
        case Trouble.TAKEN:
            return NumberTaken("uniconta_number_taken", what=name)
        case _:
            return None


def _of_record(name: str, said: Any) -> RefusedProperty:
    """Refused for this record, by the property and value that the answer names, if it does."""
    about, value = _property(said), _value(said)
    told = " = ".join(part for part in (about, value) if part)
    return RefusedProperty("uniconta_refused", about, value, what=f"{name} ({told})" if told else name)


def _property(said: Any) -> str:
    return str(said.get("ErrorProperty") or "") if isinstance(said, dict) else ""


def _value(said: Any) -> str:
    return str(said.get("ErrorValue") or "") if isinstance(said, dict) else ""


def _said(raw: RawAnswer) -> Any:
    """The body as JSON, or as the text that it is; nothing when it is empty or a page for people."""
    text = raw.body.decode("utf-8", "replace").strip()
    try:
        return json_loads(text)
    except ValueError:
        return None if not text or text.startswith("<") or len(text) > _MOST_OF_A_TEXT else text


def _wants_text(request: Request) -> bool:
    """Whether a bare string is what was asked for: a PDF is answered as one."""
    return "/getinvoicepdf" in request.path.lower()


def _short(said: Any) -> str:
    return " ".join(str(said).split())[:_MOST_OF_A_TEXT]
