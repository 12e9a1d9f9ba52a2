"""The integration files, for DAG files and tasks."""

from __future__ import annotations

import os
from pathlib import Path

from ledgerbridge.errors import SettingsInvalid
from ledgerbridge.integration import BrokenFile, Integration, load_all
from ledgerbridge.source.manifest import require_source
from ledgerbridge.target.registry import require_target

__all__ = ["FOLDER_VARIABLE", "broken_files", "folder", "integration_named", "integrations"]

FOLDER_VARIABLE = "LEDGERBRIDGE_INTEGRATIONS"


def folder() -> Path:
    """Where the files are: ``include/integrations``, unless the environment says otherwise."""
    return Path(os.environ.get(FOLDER_VARIABLE) or Path(__file__).parents[2] / "integrations")


def integrations() -> list[Integration]:
    """Every integration whose file is right."""
    return load_all(folder(), _require_systems)[0]


def broken_files() -> list[BrokenFile]:
    """Every file that is not, with why."""
    return load_all(folder(), _require_systems)[1]


def integration_named(name: str) -> Integration:
    """The integration as its file is now.

    Raises:
        SettingsInvalid: there is no such integration (any more), or its file is wrong.
    """
    good, broken = load_all(folder(), _require_systems)
    for integration in good:
        if integration.name == name:
            return integration
    for file in broken:
        if file.name == name:
            raise file.problems[0]
    raise SettingsInvalid("setting_file_unreadable", file=f"{name}.yaml", value="no such integration")


def _require_systems(integration: Integration) -> None:
    """Both systems are there, and the source finds its changes as it is asked to."""
    require_source(integration)
    require_target(integration)
