"""Commands of the control address to users: create, lock, password, rights, companies, tokens."""

from __future__ import annotations

import secrets
from typing import Final

from starlette.requests import Request

from sandbox.standin.control_server import Row
from sandbox.standin.jsontext import Doc
from sandbox.uniconta.control_reports import shown_user
from sandbox.uniconta.pipeline import Pipeline
from sandbox.uniconta.store import Store
from sandbox.uniconta.users import RIGHTS, SERVER, STANDARD, User, check_rights, fingerprint

_CHANGES: Final = frozenset({"locked", "password", "kind", "companies", "rights"})


class UserCommands:
    """Commands to users."""

    def __init__(self, store: Store, pipeline: Pipeline) -> None:
        """The pipeline knows how many calls a user made."""
        self._store = store
        self._pipeline = pipeline

    def table(self) -> list[Row]:
        """Verb, path and what answers."""
        return [
            ("GET", "/users", self._list),
            ("POST", "/users", self._create),
            ("GET", "/users/{name}", self._show),
            ("PUT", "/users/{name}", self._change),
            ("POST", "/users/{name}/expire", self._expire),
        ]

    def _list(self, _body: Doc, _request: Request) -> object:
        return {"users": [self._shown(user) for user in self._store.users.everybody()]}

    def _create(self, body: Doc, _request: Request) -> object:
        password = str(body.get("password") or secrets.token_urlsafe(12))
        user = new_user(self._store, str(body["name"]), password, body)
        self._store.users.add(user)
        return self._shown(user) | {"password": password}

    def _show(self, _body: Doc, request: Request) -> object:
        return self._shown(self._store.users.require(str(request.path_params["name"])))

    def _change(self, body: Doc, request: Request) -> object:
        unknown = body.keys() - _CHANGES
        if unknown:
            msg = f"a user has no {', '.join(sorted(unknown))}"
            raise ValueError(msg)
        changes = dict(body)
        if "password" in changes:
            changes["password"] = fingerprint(str(changes["password"]))
        if "rights" in changes:
            changes["rights"] = check_rights(changes["rights"])
        if "kind" in changes:
            _check_kind(changes["kind"])
        for number in changes.get("companies", []):
            self._store.require(number)
        return self._shown(self._store.users.change(str(request.path_params["name"]), **changes))

    def _expire(self, body: Doc, request: Request) -> object:
        user = self._store.users.require(str(request.path_params["name"]))
        if body.get("refresh"):
            self._store.sessions.make_void(user.name)
        else:
            self._store.sessions.expire(user.name)
        self._store.database.commit()
        return self._shown(user)

    def _shown(self, user: User) -> Doc:
        calls = self._pipeline.day(user.name).calls(self._store.clock.seconds())
        return shown_user(user) | {"callsLast24Hours": calls}


def new_user(store: Store, name: str, password: str, body: Doc) -> User:
    """A user as a command describes it."""
    kind = str(body.get("kind") or SERVER)
    _check_kind(kind)
    seen = [int(number) for number in body.get("companies") or []]
    for number in seen:
        store.require(number)
    rights = check_rights(list(RIGHTS) if body.get("rights") is None else body["rights"])
    return User(name, fingerprint(password), kind, seen, rights)


def _check_kind(kind: object) -> None:
    if kind not in {STANDARD, SERVER}:
        msg = f"a user is {STANDARD} or {SERVER}, not {kind!r}"
        raise ValueError(msg)
