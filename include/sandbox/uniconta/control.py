"""A typed client of the control address, for tests and the demo."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from sandbox.standin import control
from sandbox.standin.control import ControlError
from sandbox.standin.jsontext import Doc
from sandbox.standin.knobs import Setting

__all__ = ["Control", "ControlError", "Login"]


@dataclass(frozen=True, slots=True)
class Login:
    """A company as its creator knows it, with a user who sees it."""

    company: int
    user: str
    password: str

    @property
    def username(self) -> str:
        """The login name that carries the company: ``00<company>/<user>`` (contract 2.1)."""
        return f"00{self.company}/{self.user}"

    @property
    def basic(self) -> tuple[str, str]:
        """For HTTP Basic."""
        return self.username, self.password

    @property
    def secrets(self) -> dict[str, str]:
        """What must stand nowhere."""
        header = base64.b64encode(":".join(self.basic).encode()).decode()
        return {"password": self.password, "basic header": header}

    def __repr__(self) -> str:
        """Without the password."""
        return f"Login(company={self.company}, user={self.user!r})"


class Control(control.Control):
    """The sandbox's control address. Where the shared part says ``books``, the company's number is meant."""

    books_path: ClassVar[str] = "/companies"
    books_name: ClassVar[str] = "company"

    def create_company(  # noqa: PLR0913 - each is a fact of the company, all may be left out
        self,
        preset: str = "standard",
        *,
        name: str | None = None,
        cvr: str | None = None,
        base_currency: str | None = None,
        company: int | None = None,
        user: str | None = None,
        password: str | None = None,
        kind: str = "Server",
        debtors: Iterable[Mapping[str, Any]] = (),
        facts: Mapping[str, Any] | None = None,
        knobs: Mapping[str, Setting] | None = None,
    ) -> Login:
        """Open a company with a user who sees it; ``debtors`` are bodies of Insert."""
        answer = self.ask(
            "POST",
            "/companies",
            {
                "preset": preset,
                "name": name,
                "cvr": cvr,
                "baseCurrency": base_currency,
                "companyId": company,
                "user": user,
                "password": password,
                "kind": kind,
                "debtors": [dict(debtor) for debtor in debtors],
                "facts": dict(facts or {}),
                "knobs": dict(knobs or {}),
            },
        )
        return Login(int(answer["companyId"]), str(answer["user"]), str(answer["password"]))

    def companies(self) -> list[Doc]:
        """All companies."""
        return list(self.ask("GET", "/companies")["companies"])

    def company(self, company: int) -> Doc:
        """One company: its facts, series, number of records."""
        return self.ask("GET", f"/companies/{company}")

    def set_facts(self, company: int, **facts: object) -> None:
        """Change what the company tells of itself, for instance ``DebtorAccountLen=6``."""
        self.ask("PUT", f"/companies/{company}", facts)

    def create_user(
        self,
        name: str,
        *companies: int,
        password: str | None = None,
        kind: str = "Server",
        rights: Sequence[str] | None = None,
    ) -> str:
        """A new user who sees some companies, the first by default; returns the password."""
        body: dict[str, object] = {"name": name, "companies": list(companies), "password": password, "kind": kind}
        if rights is not None:
            body["rights"] = list(rights)
        return str(self.ask("POST", "/users", body)["password"])

    def users(self) -> list[Doc]:
        """All users, without passwords, with their calls of the last 24 hours."""
        return list(self.ask("GET", "/users")["users"])

    def user(self, name: str) -> Doc:
        """One user, without the password."""
        return self.ask("GET", f"/users/{name}")

    def lock(self, name: str) -> None:
        """Lock a user: every login and every token answers 401."""
        self.ask("PUT", f"/users/{name}", {"locked": True})

    def unlock(self, name: str) -> None:
        """Let a user in again."""
        self.ask("PUT", f"/users/{name}", {"locked": False})

    def set_password(self, name: str, password: str) -> None:
        """Change a password; tokens stay good."""
        self.ask("PUT", f"/users/{name}", {"password": password})

    def set_companies(self, name: str, *companies: int) -> None:
        """The companies that a user sees from now on."""
        self.ask("PUT", f"/users/{name}", {"companies": list(companies)})

    def set_rights(self, name: str, *rights: str) -> None:
        """What a user may do from now on: read, insert, update, delete, post."""
        self.ask("PUT", f"/users/{name}", {"rights": list(rights)})

    def expire_tokens(self, name: str, *, refresh: bool = False) -> None:
        """Let a user's bearer tokens expire now; with ``refresh`` the refresh tokens end, too."""
        self.ask("POST", f"/users/{name}/expire", {"refresh": refresh})

    def set_series(self, company: int, **numbers: int) -> None:
        """Set next numbers: ``SalesOrder=500``, ``SalesInvoice=5000``, ``Debtor=2000``."""
        self.ask("PUT", f"/companies/{company}/series", numbers)

    def set_rates(self, company: int, **rates: Decimal | str) -> None:
        """Set exchange rates: what one unit costs in kroner."""
        self.ask("PUT", f"/companies/{company}/rates", {code: str(rate) for code, rate in rates.items()})

    def set_year(self, company: int, year: str, **changes: object) -> None:
        """``state="Closed"``, ``period=3, state="Blocked"`` or ``remove=True``."""
        self.ask("PUT", f"/companies/{company}/accounting-years/{year}", changes)

    def add_user_field(
        self, company: int, entity: str, name: str, kind: str = "String", length: int | None = None
    ) -> None:
        """A field of the company's own, served on ``…ClientUser``; String, Integer, Double, Money, Boolean or Date."""
        body = {"entity": entity, "name": name, "type": kind, "length": length}
        self.ask("POST", f"/companies/{company}/user-fields", body)

    def pay(self, company: int, invoice: int, amount: Decimal | None = None) -> Decimal:
        """A customer pays an invoice, or a part of it; returns what is left open."""
        body: dict[str, object] = {"InvoiceNumber": invoice}
        if amount is not None:
            body["amount"] = amount
        return Decimal(self.ask("POST", f"/companies/{company}/payments", body)["open"])

    def ledger(self, company: int) -> Doc:
        """Debtors, orders, invoices, open items, entries, and how often each ReferenceNumber occurs."""
        return self.ask("GET", f"/companies/{company}/ledger")

    def locators(self, company: int) -> dict[str, int]:
        """How often each ReferenceNumber stands in orders and invoices together."""
        return dict(self.ask("GET", f"/companies/{company}/locators")["locators"])
