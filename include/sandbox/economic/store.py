"""All agreements of the sandbox, their tokens, and the sandbox's own settings."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from sandbox.economic.agreement import Agreement
from sandbox.economic.clock import Clock
from sandbox.economic.database import Database
from sandbox.economic.knobs import KNOBS
from sandbox.standin.settings import Settings

_FIRST_AGREEMENT = 1_000_001


class TokenState(Enum):
    """What a pair of tokens turned out to be."""

    GOOD = "good"
    UNKNOWN = "unknown"
    NOT_A_PAIR = "not a pair"


@dataclass(frozen=True, slots=True)
class Grant:
    """The agreement a grant token opens, and the app it was granted to."""

    agreement: int
    app: str
    revoked: bool


def fingerprint(token: str) -> str:
    """What is kept of a token. The token itself is never stored or logged."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    """A token for those who do not bring their own."""
    return secrets.token_urlsafe(32)


class Store:
    """Everything the sandbox knows, in memory and in one SQLite file."""

    def __init__(self, folder: Path) -> None:
        """Read everything back that an earlier run left in the folder."""
        self.database = Database(folder)
        self.clock = Clock()
        self.settings = Settings(self.database, KNOBS, self.clock)
        self.agreements: dict[int, Agreement] = {}
        self._grants: dict[str, Grant] = {}
        for number in self.database.numbers():
            self.reload(number)

    def reload(self, number: int) -> None:
        """Read one agreement again, after a request that failed half-way was rolled back."""
        agreement = Agreement(self.database, number, self.settings.shared_knobs)
        for kind, _name, body in self.database.documents(number):
            agreement.load(kind, body)
        self.agreements[number] = agreement
        self.index_grants()

    def free_agreement_number(self) -> int:
        """A number for a new agreement."""
        return max((*self.agreements, _FIRST_AGREEMENT - 1)) + 1

    def index_grants(self) -> None:
        """Rebuild the look-up from grant tokens to agreements."""
        self._grants = {
            grant["token"]: Grant(number, agreement.profile["app"], grant["revoked"])
            for number, agreement in self.agreements.items()
            for grant in agreement.profile.get("grants", [])
        }

    def resolve(self, app_secret: str, grant_token: str) -> tuple[TokenState, Agreement | None]:
        """The agreement that a pair of tokens opens (contract 1.1, 1.5)."""
        app = fingerprint(app_secret)
        grant = self._grants.get(fingerprint(grant_token))
        if grant is None or grant.revoked:
            return TokenState.UNKNOWN, None
        if grant.app == app:
            return TokenState.GOOD, self.agreements[grant.agreement]
        known_app = any(agreement.profile["app"] == app for agreement in self.agreements.values())
        return (TokenState.NOT_A_PAIR if known_app else TokenState.UNKNOWN), None

    def knows_grant(self, grant_token: str) -> bool:
        """Whether a grant token is in use already."""
        return fingerprint(grant_token) in self._grants

    def discard(self, number: int) -> None:
        """Forget an agreement that could not be opened completely."""
        self.agreements.pop(number, None)
        self.database.discard(number)
        self.database.commit()
        self.index_grants()

    def erase(self) -> None:
        """Forget everything: agreements, clock, knobs, log."""
        self.database.erase()
        self.agreements.clear()
        self.settings.forget()
        self.index_grants()
