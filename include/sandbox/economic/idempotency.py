"""Idempotency keys (contract 2.11).

A key is bound to verb, URL and body at its first use and remembered with the answer for one hour of the
sandbox's clock. Whether the vendor also remembers refusals is not known; a knob decides, and the default
remembers them, so that a client that reuses a refused key notices.
"""

from __future__ import annotations

import hashlib

from sandbox.economic.agreement import Agreement
from sandbox.economic.database import Database, Remembered
from sandbox.economic.errors import payload_changed, url_changed
from sandbox.standin.incoming import Incoming
from sandbox.standin.reply import JSON, Reply

_FIRST_REFUSAL, _FIRST_CRASH = 400, 500
_CLEAN_UP_EVERY = 1000
_NEVER = frozenset({401, 403, 405, 406, 415, 429})


def key_of(incoming: Incoming) -> str | None:
    """The key of a request; GET has none."""
    return incoming.headers.get("idempotency-key") if incoming.method != "GET" else None


def url_of(incoming: Incoming) -> str:
    """What a key is bound to beside the body: verb, path and query."""
    return f"{incoming.method} {incoming.path}?{incoming.query}"


def scope_of(agreement: Agreement) -> str:
    """Whose keys may collide: the agreement's, or all of the app's."""
    if agreement.knobs.get("idempotency_scope") == "app":
        return f"app {agreement.profile['app']}"
    return f"agreement {agreement.number}"


def recall(database: Database, agreement: Agreement, key: str, url: str, raw: bytes, now: int) -> Reply | None:
    """The remembered answer; a key used for something else is refused; a new or old key gives nothing."""
    entry = database.recall(scope_of(agreement), key)
    window = agreement.knobs.number("idempotency_window_seconds")
    if entry is None or now >= entry.stored_at + window:
        return None
    if entry.url != url:
        raise url_changed()
    if entry.digest != _digest(raw):
        raise payload_changed()
    if not entry.status:
        return None
    headers = entry.headers | {"X-ResultFromCache": "true"}
    return Reply(entry.status, entry.body, headers.pop("Content-Type", JSON), headers)


def remember(database: Database, agreement: Agreement, key: str, url: str, raw: bytes, now: int, reply: Reply) -> None:
    """Register a key at its first use. A refusal that is not cached binds the key with no answer."""
    if reply.status in _NEVER or reply.status >= _FIRST_CRASH:
        return
    cached = reply.status < _FIRST_REFUSAL or agreement.knobs.flag("idempotency_caches_refusals")
    scope = scope_of(agreement)
    known = database.recall(scope, key)
    window = agreement.knobs.number("idempotency_window_seconds")
    stored_at = known.stored_at if known is not None and now < known.stored_at + window else now
    entry = Remembered(
        url,
        _digest(raw),
        reply.status if cached else 0,
        reply.headers | {"Content-Type": reply.content_type},
        reply.body if cached else b"",
        stored_at,
    )
    if database.remember(scope, key, entry) % _CLEAN_UP_EVERY == 0:
        database.forget_keys(scope, now - window)


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
