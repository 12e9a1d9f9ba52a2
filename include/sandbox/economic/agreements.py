"""Opening agreements, and what happens to them from outside: grants, roles, modules, years."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.economic import seeds
from sandbox.economic.agreement import Agreement
from sandbox.economic.rights import ROLE_NUMBERS
from sandbox.economic.store import Store, fingerprint, new_token
from sandbox.standin.jsontext import Doc


class AgreementError(ValueError):
    """Something an agreement cannot be told; the text says why."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What a new agreement is to be."""

    preset: str = "standard"
    name: str = "Sandkassen Rådgivning ApS"
    base_currency: str = "DKK"
    number: int | None = None
    app_secret: str = field(default_factory=new_token)
    grant: str = field(default_factory=new_token)


def open_agreement(store: Store, opening: Opening) -> Agreement:
    """Create an agreement with its preset and its first grant."""
    if opening.preset not in seeds.PRESETS:
        msg = f"no preset {opening.preset!r}; there are: {', '.join(seeds.PRESETS)}"
        raise AgreementError(msg)
    if opening.base_currency not in seeds.currencies():
        msg = f"no base currency {opening.base_currency!r}; there are: {', '.join(seeds.currencies())}"
        raise AgreementError(msg)
    number = opening.number if opening.number is not None else store.free_agreement_number()
    if number in store.agreements or number < 1:
        msg = f"agreement number {number} is taken or not positive"
        raise AgreementError(msg)
    agreement = Agreement(store.database, number, store.settings.shared_knobs)
    signup = store.clock.today().isoformat()
    agreement.profile = seeds.profile(number, opening.name, opening.base_currency, signup)
    agreement.series = seeds.series()
    agreement.save_series()
    agreement.profile["app"] = fingerprint(opening.app_secret)
    for kind, record in seeds.records(opening.preset, store.clock.stamp()):
        agreement[kind].put(record)
    store.agreements[number] = agreement
    add_grant(store, agreement, opening.grant)
    return agreement


def add_grant(store: Store, agreement: Agreement, token: str) -> None:
    """Grant the app access with one more token."""
    if store.knows_grant(token):
        msg = "this grant token is in use already"
        raise AgreementError(msg)
    agreement.profile["grants"].append({"token": fingerprint(token), "revoked": False})
    _save(store, agreement)


def set_revoked(store: Store, agreement: Agreement, *, revoked: bool) -> None:
    """Revoke all grants, or make them good again."""
    for grant in agreement.profile["grants"]:
        grant["revoked"] = revoked
    _save(store, agreement)


def set_roles(store: Store, agreement: Agreement, roles: list[str]) -> None:
    """Replace the roles that the grant gives."""
    unknown = set(roles) - ROLE_NUMBERS.keys()
    if unknown:
        msg = f"no role {', '.join(sorted(unknown))}; there are: {', '.join(ROLE_NUMBERS)}"
        raise AgreementError(msg)
    agreement.profile["roles"] = list(roles)
    _save(store, agreement)


def set_modules(store: Store, agreement: Agreement, modules: list[Doc]) -> None:
    """Replace the modules that the company has bought."""
    agreement.profile["modules"] = [
        {"moduleNumber": int(module["moduleNumber"]), "name": str(module.get("name", ""))} for module in modules
    ]
    _save(store, agreement)


def set_series(store: Store, agreement: Agreement, numbers: Doc) -> None:
    """Set the next number of one or more series."""
    series = agreement.series
    unknown = numbers.keys() - series.keys()
    if unknown:
        msg = f"no series {', '.join(sorted(unknown))}; there are: {', '.join(series)}"
        raise AgreementError(msg)
    series.update({name: int(number) for name, number in numbers.items()})
    agreement.save_series()
    store.database.commit()


def set_rates(store: Store, agreement: Agreement, rates: Doc) -> None:
    """Set daily exchange rates: kroner for 100 units."""
    unknown = rates.keys() - agreement.profile["rates"].keys()
    if unknown:
        msg = f"no currency {', '.join(sorted(unknown))}"
        raise AgreementError(msg)
    agreement.profile["rates"].update(rates)
    _save(store, agreement)


def set_year(store: Store, agreement: Agreement, name: str, changes: Doc) -> Doc:
    """Close or open a year, or one of its periods (``{"closed": true, "period": 13}``), or remove it."""
    year = agreement["accounting-years"].get(name)
    if year is None:
        msg = f"no accounting year {name!r}"
        raise AgreementError(msg)
    if changes.get("remove"):
        agreement["accounting-years"].delete(name)
    else:
        number = changes.get("period")
        periods = [period for period in year["periods"] if number in {None, period["periodNumber"]}]
        if not periods:
            msg = f"year {name} has no period {number}"
            raise AgreementError(msg)
        state: Doc = {key: bool(changes[key]) for key in ("closed", "barred") if key in changes}
        for period in periods if number is not None or "closed" in state else []:
            period.update(state)
        if number is None:
            year.update(state)
        agreement["accounting-years"].put(year)
    store.database.commit()
    return year


def _save(store: Store, agreement: Agreement) -> None:
    agreement.save()
    store.database.commit()
    store.index_grants()
