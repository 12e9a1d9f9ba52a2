"""An agreement made ready for the demo: what the interface lets us make is made, what it does not is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ledgerbridge.errors import LedgerbridgeError
from ledgerbridge.integration import Invoicing
from ledgerbridge.money import json_dumps
from ledgerbridge.target.contract import Request, Usage
from ledgerbridge.target.economic.client import Economic
from ledgerbridge.target.economic.connection import EconomicConnection

__all__ = ["MissingInAgreementError", "prepare", "settings_for"]

TERM = "Forfaldsdato"
PRODUCTS = {"product_with_vat": ("1000", "Honorar"), "product_without_vat": ("2000", "Honorar, momsfrit")}
RATE = Decimal(25)


class MissingInAgreementError(RuntimeError):
    """The agreement lacks what the interface cannot make; the text names each thing."""


class _Open:
    """The demo counts no calls: the deployment's own gate does, once it runs."""

    def turn(self, *, is_for_a_call: bool = True) -> AbstractContextManager[float]:  # noqa: ARG002
        """Let every call pass."""
        return nullcontext(0.0)

    def after(self, usage: Usage, *, is_granted: bool | None) -> None:
        """Keep nothing."""


@dataclass(slots=True)
class _Agreement:
    client: Economic
    lacking: list[str]

    def items(self, path: str) -> Iterator[Any]:
        return self.client.collection(path)

    def make(self, path: str, body: dict[str, Any], what: str) -> Any:
        try:
            return self.client.send(Request("POST", path, json_dumps(body)), f"lb-demo-{what}").document
        except LedgerbridgeError as error:
            self.lacking.append(f"{what}: {error}")
            return None


def prepare(connection: EconomicConnection, customers: list[dict[str, Any]]) -> dict[str, Any]:
    """Make term, group, products and customers where they are missing; the integration's ``invoicing`` section.

    Raises:
        MissingInAgreementError: something is missing that cannot be made.
        LedgerbridgeError: the agreement cannot be read.
    """
    with closing(connection.open(_Open())) as http:
        agreement = _Agreement(Economic(http, invoicing=_any_settings()), [])
        found = {
            "layout": _first(agreement, "/layouts", "layoutNumber", "layout (Indstillinger → Design og layout)"),
            "due_date_term": _term(agreement),
            "default_debtor_group": _group(agreement),
            **_products(agreement),
        }
        if not agreement.lacking:
            _customers(agreement, customers, found)
    if agreement.lacking:
        raise MissingInAgreementError("\n".join(f"  - {line}" for line in agreement.lacking))
    return found


def settings_for(found: Mapping[str, Any]) -> dict[str, Any]:
    """The demo's ``invoicing`` section."""
    return {
        **found,
        "days_of_credit": 8,
        "vat_percentage": 25,
        "layout_from": "target",
        "payment_info": "Bankkonto: 1234 – 0012345678",
        "footer_text": "Tak for samarbejdet",
    }


def _any_settings() -> Invoicing:
    numbers = {setting: number for setting, (number, _) in PRODUCTS.items()}
    return Invoicing.model_validate(settings_for({"default_debtor_group": 1, **numbers}))


def _first(agreement: _Agreement, path: str, key: str, what: str) -> int | None:
    for item in agreement.items(path):
        if not item.get("deleted"):
            return int(item[key])
    agreement.lacking.append(what)
    return None


def _term(agreement: _Agreement) -> int | None:
    for item in agreement.items("/payment-terms"):
        if item.get("paymentTermsType") == "dueDate":
            return int(item["paymentTermsNumber"])
    made = agreement.make("/payment-terms", {"name": TERM, "paymentTermsType": "dueDate"}, "payment-term")
    return int(made["paymentTermsNumber"]) if made else None


def _group(agreement: _Agreement) -> int | None:
    for item in agreement.items("/customer-groups"):
        return int(item["customerGroupNumber"])
    for account in agreement.items("/accounts"):
        if account.get("accountType") == "status" and not account.get("barred"):
            body = {
                "customerGroupNumber": 1,
                "name": "Debitorer",
                "account": {"accountNumber": account["accountNumber"]},
            }
            made = agreement.make("/customer-groups", body, "customer-group")
            return int(made["customerGroupNumber"]) if made else None
    agreement.lacking.append("customer group, and an account of the type status to make one on")
    return None


def _products(agreement: _Agreement) -> dict[str, str]:
    groups = _groups_by_rate(agreement)
    there = {str(item["productNumber"]): item for item in agreement.items("/products")}
    found: dict[str, str] = {}
    for (setting, (number, name)), rate in zip(PRODUCTS.items(), (RATE, Decimal(0)), strict=True):
        fitting = [n for n, item in there.items() if _group_of(item) in groups.get(rate, []) and not item.get("barred")]
        if number in fitting or number not in there:
            found[setting] = number
        elif fitting:
            found[setting] = fitting[0]
        else:
            agreement.lacking.append(f"product with {rate} % VAT ({number} exists with another rate)")
            continue
        if found[setting] not in there:
            _make_product(agreement, groups.get(rate, []), number, name, rate)
    return found


def _make_product(agreement: _Agreement, groups: list[int], number: str, name: str, rate: Decimal) -> None:
    if not groups:
        agreement.lacking.append(
            f"product group whose domestic sales account has {rate} % VAT (Indstillinger → Varegrupper)"
        )
        return
    body = {"productNumber": number, "name": name, "productGroup": {"productGroupNumber": groups[0]}}
    agreement.make("/products", body, f"product-{number}")


def _groups_by_rate(agreement: _Agreement) -> dict[Decimal, list[int]]:
    rates = {
        str(item.get("vatCode")): Decimal(item.get("ratePercentage", 0)) for item in agreement.items("/vat-accounts")
    }
    found: dict[Decimal, list[int]] = {}
    for group in agreement.items("/product-groups"):
        number = int(group["productGroupNumber"])
        for entry in agreement.items(f"/product-groups/{number}/sales-accounts"):
            if int(entry["vatZone"]["vatZoneNumber"]) == 1:
                code = str((entry["salesAccount"].get("vatAccount") or {}).get("vatCode") or "")
                found.setdefault(rates.get(code, Decimal(0)).normalize(), []).append(number)
    return {rate + 0: numbers for rate, numbers in found.items()}


def _group_of(product: Any) -> int:
    return int(product["productGroup"]["productGroupNumber"])


def _customers(agreement: _Agreement, customers: list[dict[str, Any]], found: Mapping[str, Any]) -> None:
    there = {customer.number for customer in agreement.client.customers()}
    for customer in customers:
        number = customer["customerNumber"]
        if str(number) not in there:
            body = {
                **customer,
                "customerGroup": {"customerGroupNumber": found["default_debtor_group"]},
                "paymentTerms": {"paymentTermsNumber": found["due_date_term"]},
            }
            agreement.make("/customers", body, f"customer-{number}")
