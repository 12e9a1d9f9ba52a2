"""All companies and users of the sandbox, and the sandbox's own settings."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sandbox.standin.clock import Clock
from sandbox.standin.settings import Settings
from sandbox.uniconta.company import Company
from sandbox.uniconta.database import Database
from sandbox.uniconta.knobs import KNOBS
from sandbox.uniconta.sessions import Sessions
from sandbox.uniconta.users import Users

_FIRST_COMPANY: Final = 40_001


class Store:
    """Everything the sandbox knows, in memory and in one SQLite file."""

    def __init__(self, folder: Path) -> None:
        """Read everything back that an earlier run left in the folder."""
        self.database = Database(folder)
        self.clock = Clock()
        self.settings = Settings(self.database, KNOBS, self.clock)
        self.users = Users(self.database)
        self.sessions = Sessions(self.database, self.clock)
        self.companies: dict[int, Company] = {}
        for number in self.database.numbers():
            self.reload(number)

    def reload(self, number: int) -> None:
        """Read one company again, after a request that failed half-way was rolled back."""
        company = Company(self.database, number, self.settings.shared_knobs)
        for kind, _name, body in self.database.documents(number):
            company.load(kind, body)
        company.sort()
        self.companies[number] = company

    def require(self, number: int) -> Company:
        """The company of a number, or an error for the control address."""
        if number not in self.companies:
            msg = f"no company {number}"
            raise ValueError(msg)
        return self.companies[number]

    def free_number(self) -> int:
        """A number for a new company."""
        return max((*self.companies, _FIRST_COMPANY - 1)) + 1

    def discard(self, number: int) -> None:
        """Forget a company that could not be opened completely."""
        self.companies.pop(number, None)
        self.database.rollback()

    def erase(self) -> None:
        """Forget everything: companies, users, logins, clock, knobs, log."""
        self.database.erase()
        self.companies.clear()
        self.users.forget()
        self.sessions.forget()
        self.settings.forget()
