"""An integration: one source database, one accounting agreement, and the settings between them.

Each ``*.yaml`` (or ``*.yml``) file in the integrations folder is one integration. A file is read and checked whole:
every wrong key or value is told at once, with what is allowed, and a wrong file never stops the
others (``architecture``, "Always true"). Secrets do not stand here but in Airflow connections,
which the files name.

The seed guides' own setting names (CT-6, seed 000) are given beside ours in ``docs/settings.md``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from ledgerbridge.errors import SettingsInvalid
from ledgerbridge.payment_line import CardType
from ledgerbridge.records import Module, VatCode, VatTreatment

__all__ = [
    "DEFAULT_PRODUCTS",
    "BrokenFile",
    "ChangeCapture",
    "Check",
    "Creation",
    "Finish",
    "InexactLines",
    "Integration",
    "InvoiceNumberFrom",
    "Invoicing",
    "Layout",
    "PaymentIdFrom",
    "SendBy",
    "load_all",
    "load_file",
]

_SECRET_KEYS = re.compile(r"token|password|secret|api_?key", re.IGNORECASE)


class ChangeCapture(StrEnum):
    """How changes in the source are found."""

    TRIGGERS = "triggers"
    POLLING = "polling"


class Finish(StrEnum):
    """How far an approved invoice is taken in the target."""

    BOOK = "book"
    DRAFT = "draft"


class SendBy(StrEnum):
    """Whether the target sends the booked invoice to the customer."""

    NONE = "none"
    EMAIL = "email"
    EAN = "ean"


class InvoiceNumberFrom(StrEnum):
    """Whose series numbers the invoice."""

    TARGET = "target"
    SOURCE = "source"


class Layout(StrEnum):
    """Whose document the customer sees (the seed's UseTimeViewInvoice: 0 target, 1 source)."""

    TARGET = "target"
    SOURCE = "source"


class PaymentIdFrom(StrEnum):
    """What the payment id of the FI line is made of (CT-8)."""

    INVOICE_NUMBER = "invoice_number"
    ACCOUNT_AND_INVOICE_NUMBER = "account_and_invoice_number"


class InexactLines(StrEnum):
    """What happens to a line whose quantity or price has more than two decimals."""

    AS_ONE = "as_one"
    REJECT = "reject"


def _exact_decimal(value: object) -> object:
    """YAML reads 0.05 as a binary float; its shortest text is what the person wrote."""
    return Decimal(repr(value)) if isinstance(value, float) else value  # refuses floats


def _day(value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError:
        kind, allowed = "no_such_day", 'a day that exists, as "YYYY-MM-DD"'
        raise PydanticCustomError(kind, allowed) from None
    return value


def _as_text(value: object) -> object:
    """A target's value may be written as a number: it is compared with what the target calls it."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


TargetValue = Annotated[str, BeforeValidator(_as_text), Field(min_length=1, max_length=60)]
"""Something that the target has, by the number or name it has there; its own folder says which form that is."""

Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_day)]
Exact = Annotated[Decimal, BeforeValidator(_exact_decimal)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class SourceSettings(_Settings):
    """Where the records come from."""

    # A folder with a manifest: one of ours, or a package of your own (S6); it is looked for when the file is read.
    system: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$", max_length=100)]
    connection: Annotated[str, Field(min_length=1)]
    change_capture: ChangeCapture = ChangeCapture.TRIGGERS
    # By their codes: several integrations can share one source, each with its own of them (MP-14).
    departments: Annotated[tuple[Annotated[str, Field(min_length=1)], ...] | None, Field(min_length=1)] = None
    invoices_from: Day | None = None


class TargetSettings(_Settings):
    """Where the records go.

    ``daily_calls``: left out, it is the target's own number. ``options``: what only this target has; its own folder
    says which there are and what they hold.
    """

    # A folder of the room of targets; it is looked for when the file is read.
    system: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
    connection: Annotated[str, Field(min_length=1)]
    daily_calls: Annotated[int | None, Field(ge=100)] = None
    options: dict[str, Any] | None = None


class Creation(StrEnum):
    """Whether new customers are created in the target by themselves (TL-3)."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"


class LinkingSettings(_Settings):
    """What becomes of customers without a link. Nothing links itself unless ``by_exact_cvr`` says so (LK-6)."""

    creation: Creation = Creation.AUTOMATIC
    by_exact_cvr: bool = False


class VatZones(_Settings):
    """The target's VAT zone for each way a document stands to Danish VAT (CT-18, CT-20); left out, the target's own."""

    domestic: TargetValue | None = None
    eu_reverse_charge: TargetValue | None = None
    export: TargetValue | None = None

    def of(self, treatment: VatTreatment) -> str | None:
        """The zone that is named for ``treatment``."""
        zone: str | None = getattr(self, treatment.value)
        return zone


DEFAULT_PRODUCTS = {VatCode.STANDARD: "product_with_vat", VatCode.EXEMPT: "product_without_vat"}
"""The settings that name the product of lines for which no other was chosen; preflight's items are called so, too."""


class Invoicing(_Settings):
    """How invoices and customers are made in the target (CT-6, CT-18 to CT-20)."""

    default_debtor_group: TargetValue
    days_of_credit: Annotated[int, Field(ge=0, le=365)]
    product_with_vat: Annotated[str, Field(min_length=1, max_length=40)]
    product_without_vat: Annotated[str, Field(min_length=1, max_length=40)]
    vat_percentage: Annotated[Exact, Field(ge=0, le=100)]
    layout_from: Layout
    layout: TargetValue | None = None
    due_date_term: TargetValue | None = None
    vat_zones: VatZones = VatZones()
    fi_creditor_number: Annotated[str | None, Field(pattern=r"^\d{8}$")] = None
    fi_card_type: CardType = CardType.FI_71
    fi_payment_id: PaymentIdFrom = PaymentIdFrom.INVOICE_NUMBER
    fi_account_digits: Annotated[int, Field(ge=1, le=10)] = 8
    payment_info: Annotated[str, Field(max_length=1000)] = ""
    footer_text: Annotated[str, Field(max_length=1000)] = ""
    base_currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "DKK"
    finish: Finish = Finish.BOOK
    send: SendBy = SendBy.NONE
    number_from: InvoiceNumberFrom = InvoiceNumberFrom.TARGET
    accepted_vat_rounding: Annotated[Exact, Field(ge=0, le=Decimal("0.05"))] = Decimal("0.00")
    inexact_lines: InexactLines = InexactLines.AS_ONE

    def default_product(self, vat_code: VatCode) -> str:
        """The product of lines for which no other one was chosen (CT-18)."""
        return str(getattr(self, DEFAULT_PRODUCTS[vat_code]))

    def with_default_products(self, chosen: Mapping[VatCode, str]) -> Self:
        """These settings with other default products, as they were chosen on the page of products."""
        return self.model_copy(update={DEFAULT_PRODUCTS[vat_code]: number for vat_code, number in chosen.items()})

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.layout_from is Layout.SOURCE and self.fi_creditor_number is None:
            message = "layout_from: source needs fi_creditor_number (8 digits), for the payment line"
            raise ValueError(message)
        if self.number_from is InvoiceNumberFrom.SOURCE and self.finish is not Finish.BOOK:
            message = "number_from: source needs finish: book, because a number is given at booking"
            raise ValueError(message)
        if self.product_with_vat == self.product_without_vat:
            message = "product_with_vat and product_without_vat must be two different products"
            raise ValueError(message)
        return self


class Schedule(_Settings):
    """When a module runs besides its events. Minutes."""

    customers_every_minutes: Annotated[int, Field(ge=1, le=10_080)] = 360
    customers_follow_events: bool = True
    invoices_every_minutes: Annotated[int, Field(ge=1, le=10_080)] = 15
    reconciliation_every_minutes: Annotated[int, Field(ge=5, le=10_080)] = 1440
    reconciliation_months: Annotated[int, Field(ge=1, le=120)] = 24


class Loading(_Settings):
    """How the load task works: records in a mapped chunk, the agreement's calls at once, seconds of doubt."""

    chunk_size: Annotated[int, Field(ge=1, le=5000)] = 500
    connections: Annotated[int, Field(ge=1, le=32)] = 4
    settle_seconds: Annotated[int, Field(ge=0, le=3600)] = 60
    timeout_seconds: Annotated[int, Field(ge=1, le=300)] = 30

    @model_validator(mode="after")
    def _doubt_outlasts_the_client(self) -> Self:
        if 0 < self.settle_seconds <= self.timeout_seconds:
            message = "settle_seconds must be longer than timeout_seconds (or 0, for tests only)"
            raise ValueError(message)
        return self


class Integration(_Settings):
    """One integration, whole and checked."""

    name: Name
    environment: Annotated[str, Field(pattern=r"^[a-z0-9]{1,12}$")]
    owner: Annotated[str, Field(min_length=1)] = "ledgerbridge"
    source: SourceSettings
    target: TargetSettings
    invoicing: Invoicing
    linking: LinkingSettings = LinkingSettings()
    schedule: Schedule = Schedule()
    loading: Loading = Loading()

    def settings_hash(self) -> str:
        """Changes when anything that preflight has checked changes."""
        checked = self.model_dump_json(include={"source", "target", "invoicing", "environment"})
        return hashlib.sha256(checked.encode()).hexdigest()

    @property
    def pool(self) -> str:
        """The Airflow pool of the agreement: integrations on one agreement share it."""
        return f"ledgerbridge_{self.target.connection}"

    def dag_id(self, module: Module | str) -> str:
        """The DAG of a module, e.g. ``nordlys.invoices``."""
        return f"{self.name}.{module}"


@dataclass(frozen=True, slots=True)
class BrokenFile:
    """An integration file that is not used, and every reason why."""

    path: Path
    problems: tuple[SettingsInvalid, ...]

    @property
    def name(self) -> str:
        """A DAG-id-safe name for the file."""
        return re.sub(r"[^A-Za-z0-9_.-]", "_", self.path.stem)


Check = Callable[[Integration], None]
"""Raises :class:`~ledgerbridge.errors.SettingsInvalid` where an integration asks for what is not to be had."""


def load_all(folder: Path, check: Check | None = None) -> tuple[list[Integration], list[BrokenFile]]:
    """Every integration of ``folder``, and every file that is not one; sorted by name.

    ``check``: what else an integration must fulfil, by what is known above this floor. Two files with one name are both
    broken: which of them was meant is not ours to guess.
    """
    good: dict[Path, Integration] = {}
    broken: list[BrokenFile] = []
    for path in sorted(item for item in folder.glob("*.y*ml") if item.suffix in {".yaml", ".yml"}):
        loaded = load_file(path, check)
        if isinstance(loaded, BrokenFile):
            broken.append(loaded)
        else:
            good[path] = loaded
    names = [integration.name for integration in good.values()]
    for path, integration in list(good.items()):
        if names.count(integration.name) > 1:
            del good[path]
            problem = SettingsInvalid("setting_name_twice", file=path.name, value=integration.name)
            broken.append(BrokenFile(path, (problem,)))
    return sorted(good.values(), key=lambda integration: integration.name), broken


def load_file(path: Path, check: Check | None = None) -> Integration | BrokenFile:
    """The integration that ``path`` holds, or everything that is wrong with it. ``check`` as of :func:`load_all`."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        detail = " ".join(str(error).split())
        return BrokenFile(path, (SettingsInvalid("setting_file_unreadable", file=path.name, value=detail),))
    if not isinstance(content, dict):
        problem = SettingsInvalid("setting_file_unreadable", file=path.name, value="no mapping of keys to values")
        return BrokenFile(path, (problem,))
    secrets = [SettingsInvalid("setting_is_secret", file=path.name, key=key) for key in _secret_keys(content)]
    if secrets:
        return BrokenFile(path, tuple(secrets))
    try:
        integration = Integration.model_validate(content)
        if check is not None:
            check(integration)
    except ValidationError as error:
        return BrokenFile(path, tuple(_problem(path, item) for item in error.errors(include_url=False)))
    except SettingsInvalid as error:
        problem = SettingsInvalid("setting_unfit", file=path.name, cause=error.reason)
        return BrokenFile(path, (problem,))
    return integration


def _secret_keys(content: dict[Any, Any], prefix: str = "") -> list[str]:
    found = []
    for key, value in content.items():
        name = f"{prefix}{key}"
        if _SECRET_KEYS.search(str(key)):
            found.append(name)
        if isinstance(value, dict):
            found.extend(_secret_keys(value, f"{name}."))
    return found


def _problem(path: Path, item: Any) -> SettingsInvalid:
    key = ".".join(str(part) for part in item["loc"]) or "(file)"
    allowed = item["msg"].removeprefix("Value error, ")
    match item["type"]:
        case "missing":
            return SettingsInvalid("setting_missing", file=path.name, key=key)
        case "extra_forbidden":
            return SettingsInvalid("setting_unknown", file=path.name, key=key, value=item["input"])
        case "value_error":
            return SettingsInvalid("setting_contradiction", file=path.name, key=key, allowed=allowed)
        case _:
            return SettingsInvalid("setting_invalid", file=path.name, key=key, value=item["input"], allowed=allowed)
