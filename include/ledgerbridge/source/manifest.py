"""What a source can do and where its statements are: ``manifest.yaml``, checked whole when it is read.

A new source is a folder with a manifest and SQL files, without any Python (S6). The folder is named as a
package: ``clienttime`` is short for ``ledgerbridge.source.clienttime``; a name with a dot is taken as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ledgerbridge import quick_yaml
from ledgerbridge.errors import SettingsInvalid
from ledgerbridge.integration import Integration
from ledgerbridge.records import Module
from ledgerbridge.sql import load

__all__ = ["Capabilities", "CaptureMethod", "Manifest", "ModuleStatements", "load_manifest", "require_source"]


class CaptureMethod(StrEnum):
    """How changes are found: triggers and a change table, or a polled time column with an overlap."""

    TRIGGERS = "triggers"
    POLLING = "polling"


# Which parameters a statement is called with. One that lacks them would read or write the wrong rows.
PARAMETERS_OF = {
    "read": ("ids",),
    "lines": ("ids",),
    "ids": ("after", "since", "limit"),
    "polled": ("since", "after_time", "after_id", "limit"),
    "document": ("source_id",),
    "write_link": ("source_id", "target_number"),
    "create_customer": ("customer_number", "name", "target_number"),
    "update_customer": ("source_id", "name"),
    "write_result": ("source_id", "number", "net", "vat", "gross", "booked_at", "payment_line"),
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Capabilities(_Strict):
    """What the source lets itself be told. What it does not is refused when an integration is configured."""

    creates_customers: bool = False
    writes_customers: bool = False
    writes_links: bool = False
    writes_invoice_results: bool = False
    has_documents: bool = False


class Capture(_Strict):
    """Which ways of finding changes the source has; ``triggers`` names its SQL file."""

    triggers: str | None = None
    polling: bool = False

    @property
    def methods(self) -> tuple[CaptureMethod, ...]:
        """The ways an integration may choose among."""
        has = {CaptureMethod.TRIGGERS: self.triggers is not None, CaptureMethod.POLLING: self.polling}
        return tuple(method for method, present in has.items() if present)


class ModuleStatements(_Strict):
    """One module's SQL files, by what they do (names without ``.sql``)."""

    read: str
    ids: str
    lines: str | None = None
    polled: str | None = None
    document: str | None = None
    write_link: str | None = None
    create_customer: str | None = None
    update_customer: str | None = None
    write_result: str | None = None


class Manifest(_Strict):
    """A source, as its ``manifest.yaml`` tells it."""

    package: str = Field(description="the folder, as a package name; not in the file")
    system: str = Field(min_length=1)
    tables: str | None = Field(None, alias="schema")
    countries: str | None = None
    dimension_values: str | None = None
    capture: Capture
    grants: str | None = None
    capabilities: Capabilities = Capabilities()
    modules: dict[Module, ModuleStatements] = Field(min_length=1)

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        problems = list(self._problems())
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _problems(self) -> Iterator[str]:
        if not self.capture.methods:
            yield "capture: at least one of triggers and polling is needed"
        for module, statements in self.modules.items():
            if self.capture.polling and statements.polled is None:
                yield f"modules.{module}.polled: is needed because capture.polling is true"
            for name, file in statements.model_dump(exclude_none=True).items():
                yield from self._problems_of_statement(f"modules.{module}.{name}", file, PARAMETERS_OF[name])
        for key, file in (
            ("schema", self.tables),
            ("grants", self.grants),
            ("dimension_values", self.dimension_values),
            ("capture.triggers", self.capture.triggers),
        ):
            if file is not None:
                yield from self._problems_of_statement(key, file, ())
        yield from self._unkept_capabilities()

    def _problems_of_statement(self, key: str, file: str, parameters: tuple[str, ...]) -> Iterator[str]:
        try:
            text = load(self.package, file)
        except FileNotFoundError:
            yield f"{key}: there is no {file}.sql in the folder"
            return
        except (OSError, UnicodeDecodeError) as error:
            yield f"{key}: {file}.sql cannot be read: {error}"
            return
        missing = [f"%({name})s" for name in parameters if f"%({name})s" not in text]
        if missing:
            yield f"{key}: {file}.sql does not use {', '.join(missing)}"

    def _unkept_capabilities(self) -> Iterator[str]:
        customers, invoices = self.modules.get(Module.CUSTOMERS), self.modules.get(Module.INVOICES)
        needed = {
            "creates_customers": ("modules.customers.create_customer", customers and customers.create_customer),
            "writes_customers": ("modules.customers.update_customer", customers and customers.update_customer),
            "writes_links": ("modules.customers.write_link", customers and customers.write_link),
            "writes_invoice_results": ("modules.invoices.write_result", invoices and invoices.write_result),
            "has_documents": ("modules.invoices.document", invoices and invoices.document),
        }
        for capability, (key, file) in needed.items():
            if getattr(self.capabilities, capability) and not file:
                yield f"capabilities.{capability}: is true, and {key} is missing"
        if invoices is not None and invoices.lines is None:
            yield "modules.invoices.lines: is needed"

    def statement(self, module: Module, kind: str) -> str:
        """The SQL text of one of the module's statements (a field of :class:`ModuleStatements`).

        Raises:
            SettingsInvalid: the source has no such module or statement.
        """
        statements = self.modules.get(module)
        file: str | None = getattr(statements, kind) if statements is not None else None
        if file is None:
            raise SettingsInvalid("source_cannot", system=self.system, what=f"{module}.{kind}")
        return load(self.package, file)

    def country_codes(self) -> Mapping[str, str]:
        """Case-folded country name or code → ISO 3166 alpha-2; empty when the source delivers codes itself."""
        return _country_codes(self.package, self.countries) if self.countries is not None else {}


@cache
def _country_codes(package: str, file: str) -> Mapping[str, str]:
    names = quick_yaml.read(files(package).joinpath(file).read_text(encoding="utf-8"))
    return {alias.casefold(): code for code, aliases in names.items() for alias in (code, *aliases)}


def require_source(integration: Integration) -> None:
    """The integration's source is one, and finds its changes in the way that is asked for.

    Raises:
        SettingsInvalid: it is none, its manifest is wrong, or it cannot do that.
    """
    manifest = load_manifest(integration.source.system)
    wanted = CaptureMethod(integration.source.change_capture.value)
    if wanted not in manifest.capture.methods:
        raise SettingsInvalid("source_cannot", system=manifest.system, what=f"change_capture: {wanted}")


@cache
def load_manifest(source: str) -> Manifest:
    """The manifest of a source, by its package name or, for one of ours, its short name.

    Raises:
        SettingsInvalid: there is no such source, or its manifest is wrong; says file, key, value and what is
            allowed.
    """
    package = source if "." in source else f"{__package__}.{source}"
    file = f"{package.replace('.', '/')}/manifest.yaml"
    try:
        folder: Traversable = files(package)
        text = folder.joinpath("manifest.yaml").read_text(encoding="utf-8")
    except (ModuleNotFoundError, FileNotFoundError, NotADirectoryError, TypeError) as error:  # TypeError: no package
        raise SettingsInvalid("source_unknown", source=source) from error
    except Exception as error:  # somebody's package that fails when it is loaded: it stops no other integration
        problems = f"the package cannot be loaded: {type(error).__name__}: {error}"
        raise SettingsInvalid("source_manifest_invalid", file=file, problems=problems) from error
    try:
        content = quick_yaml.read(text)
        if not isinstance(content, dict):
            raise SettingsInvalid(
                "source_manifest_invalid", file=file, problems="the file is no mapping of keys to values"
            )
        return Manifest.model_validate({**content, "package": package})
    except yaml.YAMLError as error:
        raise SettingsInvalid("source_manifest_invalid", file=file, problems=" ".join(str(error).split())) from error
    except ValidationError as error:
        problems = "; ".join(_told(problem["loc"], problem["msg"]) for problem in error.errors(include_url=False))
        raise SettingsInvalid("source_manifest_invalid", file=file, problems=problems) from error


def _told(location: tuple[int | str, ...], message: str) -> str:
    key = ".".join(str(step) for step in location)
    message = message.removeprefix("Value error, ")
    return f"{key}: {message}" if key else message
