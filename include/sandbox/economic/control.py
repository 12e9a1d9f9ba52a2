"""A typed client of the control address, for tests and the demo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from sandbox.standin import control
from sandbox.standin.control import ControlError
from sandbox.standin.jsontext import Doc
from sandbox.standin.knobs import Setting

__all__ = ["Control", "ControlError", "Tokens"]


@dataclass(frozen=True, slots=True)
class Tokens:
    """An agreement as its creator knows it."""

    agreement: int
    app_secret: str
    grant: str

    @property
    def headers(self) -> dict[str, str]:
        """The two headers every call carries."""
        return {"X-AppSecretToken": self.app_secret, "X-AgreementGrantToken": self.grant}

    @property
    def secrets(self) -> dict[str, str]:
        """What must stand nowhere."""
        return {"app secret": self.app_secret, "grant": self.grant}

    def __repr__(self) -> str:
        """Without the tokens."""
        return f"Tokens(agreement={self.agreement})"


class Control(control.Control):
    """The sandbox's control address. Where the shared part says ``books``, the agreement's number is meant."""

    books_path: ClassVar[str] = "/agreements"
    books_name: ClassVar[str] = "agreement"

    def create_agreement(
        self,
        preset: str = "standard",
        *,
        name: str | None = None,
        base_currency: str | None = None,
        agreement: int | None = None,
        app_secret: str | None = None,
        grant: str | None = None,
        customers: Iterable[Mapping[str, Any]] = (),
        knobs: Mapping[str, Setting] | None = None,
    ) -> Tokens:
        """Open an agreement and return its tokens."""
        answer = self.ask(
            "POST",
            "/agreements",
            {
                "preset": preset,
                "name": name,
                "baseCurrency": base_currency,
                "agreementNumber": agreement,
                "appSecretToken": app_secret,
                "agreementGrantToken": grant,
                "customers": [dict(customer) for customer in customers],
                "knobs": dict(knobs or {}),
            },
        )
        return Tokens(int(answer["agreementNumber"]), str(answer["appSecretToken"]), str(answer["agreementGrantToken"]))

    def agreements(self) -> list[Doc]:
        """All agreements, without tokens."""
        return list(self.ask("GET", "/agreements")["agreements"])

    def agreement(self, agreement: int) -> Doc:
        """One agreement, without tokens."""
        return self.ask("GET", f"/agreements/{agreement}")

    def revoke(self, agreement: int) -> None:
        """Revoke the grant: every call answers 401."""
        self.ask("POST", f"/agreements/{agreement}/revoke")

    def restore(self, agreement: int) -> None:
        """Make the grant good again."""
        self.ask("POST", f"/agreements/{agreement}/restore")

    def new_grant(self, agreement: int, token: str | None = None) -> str:
        """Grant access once more; returns the new token."""
        answer = self.ask("POST", f"/agreements/{agreement}/grants", {"agreementGrantToken": token})
        return str(answer["agreementGrantToken"])

    def set_roles(self, agreement: int, *roles: str) -> None:
        """The roles of the grant from now on."""
        self.ask("PUT", f"/agreements/{agreement}/roles", {"roles": list(roles)})

    def set_modules(self, agreement: int, *modules: tuple[int, str]) -> None:
        """The modules of the company from now on."""
        rows = [{"moduleNumber": number, "name": name} for number, name in modules]
        self.ask("PUT", f"/agreements/{agreement}/modules", {"modules": rows})

    def set_series(self, agreement: int, **numbers: int) -> None:
        """Set next numbers, for instance ``bookedInvoiceNumber=5000``."""
        self.ask("PUT", f"/agreements/{agreement}/series", numbers)

    def set_rates(self, agreement: int, **rates: Decimal | str) -> None:
        """Set daily rates: what 100 units cost in kroner."""
        self.ask("PUT", f"/agreements/{agreement}/rates", {code: str(rate) for code, rate in rates.items()})

    def set_year(self, agreement: int, year: str, **changes: object) -> None:
        """``closed=True``, ``period=13, barred=True`` or ``remove=True``."""
        self.ask("PUT", f"/agreements/{agreement}/accounting-years/{year}", changes)

    def pay(self, agreement: int, booked_invoice: int, amount: Decimal | None = None) -> None:
        """A customer pays an invoice, or a part of it."""
        body: dict[str, object] = {"bookedInvoiceNumber": booked_invoice}
        if amount is not None:
            body["amount"] = amount
        self.ask("POST", f"/agreements/{agreement}/payments", body)

    def copy_booked(self, agreement: int, *, times: int, step: int) -> int:
        """Copy every booked invoice, numbers and reference raised by ``step`` each time; how many there are then."""
        body = {"times": times, "step": step}
        return int(self.ask("POST", f"/agreements/{agreement}/copies", body, timeout=600)["booked"])

    def ledger(self, agreement: int) -> Doc:
        """Customers, drafts, booked invoices, entries, and how often each locator occurs."""
        return self.ask("GET", f"/agreements/{agreement}/ledger")

    def locators(self, agreement: int) -> dict[str, int]:
        """How often each locator occurs among drafts and booked invoices."""
        return dict(self.ask("GET", f"/agreements/{agreement}/locators")["locators"])
