"""The pages as Airflow's plugin mounts them.

Every program of Airflow loads the plugins; only the API server is ever asked for a page. So the pages are imported
when the first request comes.
"""

from __future__ import annotations

from threading import Lock
from typing import Any
from urllib.parse import urlsplit

__all__ = ["PREFIX", "Pages", "base_path", "views"]

PREFIX = "/ledgerbridge"


class Pages:
    """An ASGI application that makes the real one at its first request."""

    def __init__(self) -> None:
        self._made: Any = None
        self._lock = Lock()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """As ASGI has it."""
        await self._app()(scope, receive, send)

    def _app(self) -> Any:
        with self._lock:
            if self._made is None:
                from ledgerbridge.airflow.pages_works import AirflowWorks  # noqa: PLC0415
                from ledgerbridge.pages.app import make_app  # noqa: PLC0415

                self._made = make_app(AirflowWorks())
            return self._made


def base_path() -> str:
    """The path below which Airflow is served, without a stroke at the end; usually none."""
    from airflow.configuration import conf  # noqa: PLC0415

    path = urlsplit(str(conf.get("api", "base_url", fallback="") or "")).path.rstrip("/")
    return str(path)


def views() -> list[dict[str, Any]]:
    """Airflow's navigation leads to the pages, and shows them in its own frame."""
    return [
        {
            "name": "Finance",  # the longer name of the product is cut there
            "href": f"{base_path()}{PREFIX}/",
            "destination": "nav",
            "url_route": "ledgerbridge",
            "nav_top_level": True,
        }
    ]
