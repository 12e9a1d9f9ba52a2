"""The second stage: references, decimals and business rules, all errors in one body (contract 2.10, 8.7).

Codes that the contract records are used as recorded. Where it records none, the sandbox uses numbers of its
own, in which the third digit is a 9 (E069.., E049.., E079..); they are listed in the README of this folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sandbox.economic.call import Call
from sandbox.economic.errors import Problems, not_json, schema_failure
from sandbox.economic.links import decode_id
from sandbox.economic.schema import Rule, kept, problems_of, too_fine
from sandbox.standin.jsontext import Doc

FORMAT_HINT = "Please check the format of your data."
DATA_HINT = "Please check your request data."
_WORDS = {2: "two", 6: "six", 8: "eight"}


@dataclass(frozen=True, slots=True)
class Target:
    """What a reference points at, and how the server speaks of it when it is missing."""

    kind: str
    path: str
    key: str
    spoken: str
    plural: str
    missing: str
    barred: str | None = None


TARGETS: Final[Mapping[str, Target]] = {
    target.kind: target
    for target in (
        Target("payment-terms", "payment-terms", "paymentTermsNumber", "PaymentTerms", "paymentTermss", "E07080"),
        Target("customer-groups", "customer-groups", "customerGroupNumber", "CustomerGroup", "customer groups",
               "E07140"),
        Target("accounts", "accounts", "accountNumber", "Account", "accounts", "E07150"),
        Target("customers", "customers", "customerNumber", "Customer", "customers", "E07900", "E06820"),
        Target("products", "products", "productNumber", "Product", "products", "E07910", "E06600"),
        Target("layouts", "layouts", "layoutNumber", "Layout", "layouts", "E07920"),
        Target("units", "units", "unitNumber", "Unit", "units", "E07930"),
        Target("vat-zones", "vat-zones", "vatZoneNumber", "VatZone", "vat zones", "E07940"),
        Target("employees", "employees", "employeeNumber", "Employee", "employees", "E07950", "E06950"),
        Target("product-groups", "product-groups", "productGroupNumber", "ProductGroup", "product groups",
               "E07960"),
        Target("contacts", "contacts", "customerContactNumber", "CustomerContact", "contacts", "E07970"),
        Target("departments", "departments", "departmentalDistributionNumber", "DepartmentalDistribution",
               "departmental distributions", "E07980", "E06980"),
        Target("drafts", "invoices/drafts", "draftInvoiceNumber", "DraftInvoice", "draft invoices", "E07990"),
    )
}  # fmt: skip


def read_body(call: Call, rule: Rule, schema_name: str) -> Doc:
    """Run the schema stage; returns the properties the server knows."""
    if not isinstance(call.body, dict):
        problem = "its root is not an object"
        raise not_json(problem)
    problems = list(problems_of(rule, call.body))
    if problems:
        raise schema_failure(problems, f"{call.links.base}/schema/{schema_name}.schema.json")
    known = kept(rule, call.body)
    assert isinstance(known, dict)  # noqa: S101 - an object stays an object
    return known


class Checker:
    """Second-stage checks of one request; collects every problem."""

    def __init__(self, call: Call) -> None:
        """Checks against the call's agreement."""
        self._call = call
        self.problems = Problems()

    def add(self, path: tuple[str | int, ...], message: str, code: str, value: object, hint: str) -> None:
        """Add one problem; the property is the last step of the path."""
        self.problems.add(path, str(path[-1]), message, code, value, hint)

    def finish(self) -> None:
        """Refuse the request if there was any problem."""
        self.problems.raise_if_any()

    def scales(self, rule: Rule, value: object, path: tuple[str | int, ...] = ()) -> None:
        """E04740 for every number with more decimals than its property takes (5.1)."""
        if isinstance(value, dict):
            for name, member in (rule.members or {}).items():
                if name in value:
                    self.scales(member, value[name], (*path, name))
        elif isinstance(value, list) and rule.items is not None:
            for index, item in enumerate(value):
                self.scales(rule.items, item, (*path, index))
        elif too_fine(rule, value):
            places = rule.places or 0
            message = f"{path[-1]} scale cannot be greater then {_WORDS[places]} decimal places."
            self.add(path, message, "E04740", value, FORMAT_HINT)

    def reference(self, body: Doc, path: tuple[str | int, ...], kind: str, *, barred_too: bool = False) -> Doc | None:
        """Resolve ``body[last step]``; complains when it names nothing, or something barred."""
        name = str(path[-1])
        sent = body.get(name)
        if sent is None:
            return None
        target = TARGETS[kind]
        key = self._key(sent, target)
        if key is None:
            message = f"No identifiers present on {name}. Please include either a self link or a {target.key}."
            self.add(path, message, "E04500", None, self.find_hint(target))
            return None
        record = self._call.agreement[kind].get(key)
        if record is None or record.get("deleted"):
            self.not_found(path, target, key)
            return None
        if record.get("barred") and target.barred and not barred_too:
            self.barred(path, kind, key)
        return record

    def not_found(self, path: tuple[str | int, ...], target: Target, key: object) -> None:
        """The reference names nothing."""
        self.add(path, f"{target.spoken} '{key}' not found.", target.missing, key, self.find_hint(target))

    def barred(self, path: tuple[str | int, ...], kind: str, key: object) -> None:
        """The reference names something barred (recorded bodies #5 and #6)."""
        target = TARGETS[kind]
        self.add(path, f"{target.spoken} '{key}' is barred.", str(target.barred), key, self.find_hint(target))

    def find_hint(self, target: Target) -> str:
        """The recorded hint, with its blank before the full stop."""
        return f"Find a list of {target.plural} at {self._call.links.base}/{target.path} ."

    @staticmethod
    def _key(sent: Doc, target: Target) -> int | str | None:
        if target.key in sent:
            key: int | str = sent[target.key]
            return key
        link = sent.get("self")
        if not link:
            return None
        place, _, segment = str(link).partition("?")[0].rstrip("/").rpartition("/")
        key = decode_id(segment)
        if target.kind == "departments" or place.lower().endswith(f"/{target.path}"):
            return int(key) if target.kind != "products" and key.isascii() and key.isdigit() else key
        return str(link)

    def currency(self, body: Doc, path: tuple[str | int, ...]) -> None:
        """The currency must be one of the agreement's (5.4)."""
        code = body.get(str(path[-1]))
        if code is not None and self._call.agreement["currencies"].get(code) is None:
            hint = f"Find a list of currencies at {self._call.links.base}/currencies ."
            self.add(path, "currency does not exist.", "E06000", code, hint)

    def ean(self, body: Doc, path: tuple[str | int, ...]) -> None:
        """An EAN location number has 13 digits, the last of which checks the others (3.1)."""
        value = body.get(str(path[-1]))
        if value and not valid_ean(value):
            self.add(path, f"'{value}' is not a valid EAN number.", "E04910", value, FORMAT_HINT)

    def key_is_free(self, kind: str, name: str, key: int | str) -> None:
        """E06010 when the key is taken."""
        if key in self._call.agreement[kind]:
            message = "The entity cannot be created because the key already exists"
            self.add((name,), message, "E06010", key, "Choose a key that is not in use.")


def valid_ean(value: str) -> bool:
    """The check digit of GS1: weights 1 and 3 from the left, sum divisible by ten."""
    digits = 13
    if not (len(value) == digits and value.isascii() and value.isdigit()):
        return False
    return sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(value)) % 10 == 0


def as_decimal(value: object) -> Decimal:
    """A number of a request as a Decimal."""
    assert isinstance(value, int | Decimal)  # noqa: S101 - the schema stage let only numbers through
    return Decimal(value)
