"""An agreement of the demo's own at the stand-in."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sandbox.economic.control import Control

__all__ = ["own_agreement"]


def own_agreement(file: Path, control: Control, name: str, customers: Sequence[dict[str, Any]]) -> tuple[str, str]:
    """The agreement, opened at the first run; its tokens lie in ``file``, which only we may read."""
    if file.exists():
        kept = json.loads(file.read_text(encoding="utf-8"))
        return kept["app_secret"], kept["grant"]
    tokens = control.create_agreement("standard", name=name, customers=customers)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        json.dump({"app_secret": tokens.app_secret, "grant": tokens.grant}, opened)
    return tokens.app_secret, tokens.grant
