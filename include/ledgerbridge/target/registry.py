"""Which targets there are: the folders of this room that have a ``kind``.

Whoever needs something of one asks here by the name that the integration's file gives; nobody decides by that name.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from pydantic import BaseModel, ValidationError

from ledgerbridge.errors import SettingsInvalid
from ledgerbridge.integration import Finish, Integration, InvoiceNumberFrom, TargetSettings
from ledgerbridge.limits import Limits
from ledgerbridge.target.contract import ConnectionParts, TargetConnection, TargetKind

__all__ = ["connection_of", "daily_calls", "limits_of", "options_of", "require_target", "target_kind"]


@cache
def target_kind(system: str) -> TargetKind:
    """What a target is called, what its fields hold, and how it is reached.

    Raises:
        SettingsInvalid: there is no such target.
    """
    if not _is_there(system):
        raise SettingsInvalid("target_unknown", target=system)
    kind: TargetKind = import_module(_module(system)).KIND
    return kind


def require_target(integration: Integration) -> None:
    """The integration's target is one, and can do what the settings ask of it.

    Raises:
        SettingsInvalid: it is none, or cannot; names every setting that it cannot take.
    """
    kind = target_kind(integration.target.system)
    problems = [*_problems_of_options(integration.target), *_beyond(kind, integration)]
    if not problems:
        problems = list(kind.why_unfit(integration))
    if problems:
        raise SettingsInvalid("target_settings_unfit", target=kind.name, problems="; ".join(problems))


def options_of(target: TargetSettings) -> BaseModel:
    """What the settings say that only this target has.

    Raises:
        ValidationError: it is not what the target's folder says; told when the file is read.
    """
    return target_kind(target.system).options.model_validate(target.options or {})


def limits_of(integration: Integration) -> Limits:
    """What the fields of the integration's target hold."""
    return target_kind(integration.target.system).limits(options_of(integration.target))


def daily_calls(target: TargetSettings) -> int:
    """How many calls the agreement has in 24 hours."""
    return target.daily_calls or target_kind(target.system).daily_calls


def connection_of(target: TargetSettings, parts: ConnectionParts) -> TargetConnection:
    """How the agreement is reached.

    Raises:
        Refusal: the connection lacks a part.
    """
    return target_kind(target.system).connection(parts, options_of(target))


def _problems_of_options(target: TargetSettings) -> Iterator[str]:
    try:
        options_of(target)
    except ValidationError as error:
        for item in error.errors(include_url=False):
            key = ".".join(str(part) for part in ("target", "options", *item["loc"]))
            yield f"{key}: {item['msg'].removeprefix('Value error, ')}"


def _beyond(kind: TargetKind, integration: Integration) -> Iterator[str]:
    """What the settings ask for and this target does not do at all."""
    can, wanted = kind.capabilities, integration.invoicing
    if wanted.finish is Finish.BOOK and not can.books_invoices:
        yield "invoicing.finish: book"
    if wanted.finish is Finish.DRAFT and not can.drafts_invoices:
        yield "invoicing.finish: draft"
    if wanted.number_from is InvoiceNumberFrom.SOURCE and not can.books_with_given_number:
        yield "invoicing.number_from: source"


def _is_there(system: str) -> bool:
    try:
        return find_spec(_module(system)) is not None
    except ModuleNotFoundError:
        return False


def _module(system: str) -> str:
    return f"{__package__}.{system}.kind"
