"""A typed client of the control address, for tests and the demo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

import requests

from sandbox.economic.jsontext import Doc, encode, parse
from sandbox.economic.knobs import Setting

_TIMEOUT = 30
_FIRST_REFUSAL = 400


class ControlError(RuntimeError):
    """The control address refused; the text says why."""


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

    def __repr__(self) -> str:
        """Without the tokens."""
        return f"Tokens(agreement={self.agreement})"


class Control:
    """The sandbox's control address."""

    def __init__(self, control_url: str) -> None:
        """``control_url`` stands in the ready file."""
        self._url = control_url.rstrip("/")
        self._session = requests.Session()

    def __enter__(self) -> Self:
        """For ``with``."""
        return self

    def __exit__(self, *_exc: object) -> None:
        """Close the connection."""
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def _ask(self, method: str, path: str, body: Mapping[str, object] | None = None, timeout: int = _TIMEOUT) -> Doc:
        data = None if body is None else encode(dict(body))
        answer = self._session.request(method, self._url + path, data=data, timeout=timeout)
        value = parse(answer.content)
        if not isinstance(value, dict) or answer.status_code >= _FIRST_REFUSAL:
            msg = f"{method} {path}: {value}"
            raise ControlError(msg)
        return value

    def health(self) -> Doc:
        """Whether the sandbox runs."""
        return self._ask("GET", "/health")

    def reset(self) -> None:
        """Forget everything."""
        self._ask("POST", "/reset")

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
        answer = self._ask(
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
        return list(self._ask("GET", "/agreements")["agreements"])

    def agreement(self, agreement: int) -> Doc:
        """One agreement, without tokens."""
        return self._ask("GET", f"/agreements/{agreement}")

    def revoke(self, agreement: int) -> None:
        """Revoke the grant: every call answers 401."""
        self._ask("POST", f"/agreements/{agreement}/revoke")

    def restore(self, agreement: int) -> None:
        """Make the grant good again."""
        self._ask("POST", f"/agreements/{agreement}/restore")

    def new_grant(self, agreement: int, token: str | None = None) -> str:
        """Grant access once more; returns the new token."""
        answer = self._ask("POST", f"/agreements/{agreement}/grants", {"agreementGrantToken": token})
        return str(answer["agreementGrantToken"])

    def set_roles(self, agreement: int, *roles: str) -> None:
        """The roles of the grant from now on."""
        self._ask("PUT", f"/agreements/{agreement}/roles", {"roles": list(roles)})

    def set_modules(self, agreement: int, *modules: tuple[int, str]) -> None:
        """The modules of the company from now on."""
        rows = [{"moduleNumber": number, "name": name} for number, name in modules]
        self._ask("PUT", f"/agreements/{agreement}/modules", {"modules": rows})

    def knobs(self, agreement: int | None = None) -> Doc:
        """All knobs with the values in force."""
        return self._ask("GET", _knobs(agreement))

    def set_knobs(self, agreement: int | None = None, **knobs: Setting | None) -> Doc:
        """Set knobs for one agreement, or for all; ``None`` takes a setting back."""
        return self._ask("PUT", _knobs(agreement), knobs)

    def set_series(self, agreement: int, **numbers: int) -> None:
        """Set next numbers, for instance ``bookedInvoiceNumber=5000``."""
        self._ask("PUT", f"/agreements/{agreement}/series", numbers)

    def set_rates(self, agreement: int, **rates: Decimal | str) -> None:
        """Set daily rates: what 100 units cost in kroner."""
        self._ask("PUT", f"/agreements/{agreement}/rates", {code: str(rate) for code, rate in rates.items()})

    def set_year(self, agreement: int, year: str, **changes: object) -> None:
        """``closed=True``, ``period=13, barred=True`` or ``remove=True``."""
        self._ask("PUT", f"/agreements/{agreement}/accounting-years/{year}", changes)

    def clock(self) -> Doc:
        """The sandbox's time."""
        return self._ask("GET", "/clock")

    def advance(self, seconds: int) -> None:
        """Move the clock forward."""
        self._ask("PUT", "/clock", {"advance": seconds})

    def set_clock_offset(self, seconds: int) -> None:
        """How far the clock is ahead of real time."""
        self._ask("PUT", "/clock", {"offset": seconds})

    def add_fault(self, effect: str, *, match: Mapping[str, object] | None = None, **more: object) -> int:
        """Add a fault rule; ``more`` is when, status, retryAfter, seconds. Returns its id."""
        rule = {"effect": effect, "match": dict(match or {}), **_plain(more)}
        match_rule = rule["match"]
        if isinstance(match_rule, dict):
            rule["match"] = _plain(match_rule)
        return int(self._ask("POST", "/faults", rule)["id"])

    def faults(self) -> list[Doc]:
        """All rules with how often they matched and struck."""
        return list(self._ask("GET", "/faults")["rules"])

    def clear_faults(self, fault: int | None = None) -> None:
        """Remove one rule or all."""
        self._ask("DELETE", "/faults" if fault is None else f"/faults/{fault}")

    def act(
        self, agreement: int, method: str, path: str, body: Mapping[str, Any] | list[Any] | None = None
    ) -> tuple[int, Any]:
        """Do something as a person in the accounting system's own pages; returns status and body."""
        answer = self._ask("POST", "/act", {"agreement": agreement, "method": method, "path": path, "body": body})
        return int(answer["status"]), answer["body"]

    def pay(self, agreement: int, booked_invoice: int, amount: Decimal | None = None) -> None:
        """A customer pays an invoice, or a part of it."""
        body: dict[str, object] = {"bookedInvoiceNumber": booked_invoice}
        if amount is not None:
            body["amount"] = amount
        self._ask("POST", f"/agreements/{agreement}/payments", body)

    def copy_booked(self, agreement: int, *, times: int, step: int) -> int:
        """Copy every booked invoice, numbers and reference raised by ``step`` each time; how many there are then."""
        body = {"times": times, "step": step}
        return int(self._ask("POST", f"/agreements/{agreement}/copies", body, timeout=600)["booked"])

    def counters(self, agreement: int) -> Doc:
        """Calls, reads, executed writes, replays, refusals; the same since the mark."""
        return self._ask("GET", f"/agreements/{agreement}/counters")

    def mark(self, agreement: int) -> None:
        """Count ``sinceMark`` from now on."""
        self._ask("POST", f"/agreements/{agreement}/mark")

    def log(self, agreement: int, *, after: int = 0, limit: int = 1000) -> list[Doc]:
        """The request log, without tokens."""
        return list(self._ask("GET", f"/agreements/{agreement}/log?after={after}&limit={limit}")["entries"])

    def ledger(self, agreement: int) -> Doc:
        """Customers, drafts, booked invoices, entries, and how often each locator occurs."""
        return self._ask("GET", f"/agreements/{agreement}/ledger")

    def locators(self, agreement: int) -> dict[str, int]:
        """How often each locator occurs among drafts and booked invoices."""
        return dict(self._ask("GET", f"/agreements/{agreement}/locators")["locators"])


def _knobs(agreement: int | None) -> str:
    return "/knobs" if agreement is None else f"/agreements/{agreement}/knobs"


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    """Seconds and probabilities may be floats in Python; on the wire they are decimals."""
    return {name: Decimal(str(value)) if isinstance(value, float) else value for name, value in values.items()}
