"""Users of the sandbox: what they may do, where, and how they prove who they are (contract 2)."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field, replace
from typing import Final

from sandbox.standin.settings import SANDBOX
from sandbox.uniconta.database import Database

STANDARD: Final = "Standard"
SERVER: Final = "Server"
RIGHTS: Final = ("read", "insert", "update", "delete", "post")


def fingerprint(secret: str) -> str:
    """What is kept of a password or a token. The secret itself is never stored or logged."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class User:
    """A user as the store keeps it."""

    name: str
    password: str
    """Its fingerprint."""
    kind: str = STANDARD
    companies: list[int] = field(default_factory=list)
    """The companies that the user sees; the first is the default one."""
    rights: list[str] = field(default_factory=lambda: list(RIGHTS))
    locked: bool = False

    def may(self, right: str) -> bool:
        """Whether the user has a right."""
        return right in self.rights

    def knows(self, password: str) -> bool:
        """Whether this is the user's password."""
        return fingerprint(password) == self.password


class Users:
    """All users, in memory and on disk. Names are compared without regard to case."""

    def __init__(self, database: Database) -> None:
        """Read back what an earlier run left."""
        self._database = database
        self._users: dict[str, User] = {}
        for kind, name, body in database.documents(SANDBOX):
            if kind == "user":
                self._users[name] = User(**body)

    def everybody(self) -> list[User]:
        """All users by name."""
        return [self._users[name] for name in sorted(self._users)]

    def get(self, name: str) -> User | None:
        """The user of a name."""
        return self._users.get(name.casefold())

    def require(self, name: str) -> User:
        """The user of a name, or an error for the control address."""
        user = self.get(name)
        if user is None:
            msg = f"no user {name!r}"
            raise ValueError(msg)
        return user

    def add(self, user: User) -> None:
        """A new user."""
        if self.get(user.name) is not None:
            msg = f"user {user.name!r} is there already"
            raise ValueError(msg)
        self._keep(user)

    def change(self, name: str, **changes: object) -> User:
        """Change a user's lock, password, companies or rights."""
        changed = replace(self.require(name), **changes)  # type: ignore[arg-type]  # names are the callers'
        self._keep(changed)
        return changed

    def forget(self) -> None:
        """Nobody is known; the file has been emptied already."""
        self._users.clear()

    def _keep(self, user: User) -> None:
        self._users[user.name.casefold()] = user
        self._database.put(SANDBOX, "user", user.name.casefold(), asdict(user))
        self._database.commit()


def check_rights(rights: list[str]) -> list[str]:
    """The rights, if there are such."""
    unknown = set(rights) - set(RIGHTS)
    if unknown:
        msg = f"no right {', '.join(sorted(unknown))}; there are: {', '.join(RIGHTS)}"
        raise ValueError(msg)
    return list(rights)
