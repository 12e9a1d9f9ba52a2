"""Our own YAML files, read by the C parser where it is there.

The one in Python takes ten times as long: 150 ms for the catalogue of reasons, which each task's process would pay.
The integrations' files are people's own; there its clearer words for a mistake are worth more.
"""

from __future__ import annotations

from typing import Any

import yaml

__all__ = ["read"]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(text: str) -> Any:
    """What stands there.

    Raises:
        yaml.YAMLError: it is not YAML.
    """
    return yaml.load(text, _LOADER)  # noqa: S506 - both are safe ones
