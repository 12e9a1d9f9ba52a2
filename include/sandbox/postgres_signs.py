"""What can be seen of a server from outside: its pid file, its process, its port."""

from __future__ import annotations

import os
import socket
from contextlib import closing
from pathlib import Path

__all__ = ["HOST", "free_port", "is_free", "is_ready", "is_server_of", "pid_in"]

HOST = "127.0.0.1"


def pid_in(pid_file: Path) -> int | None:
    """The process id that the file names; ``None`` when there is no file, 0 when it was cut off by a crash."""
    try:
        return abs(int(pid_file.read_text(encoding="utf-8", errors="replace").split("\n", 1)[0]))
    except FileNotFoundError:
        return None
    except ValueError:
        return 0


def is_server_of(pid: int, cluster: Path) -> bool:
    """Whether process ``pid`` is a server on ``cluster``, and not a stranger with a number used again.

    PostgreSQL itself only looks whether such a process exists. After a container's restart the same
    small numbers come again, and the server would refuse to start for ever.
    """
    try:
        command_line = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        # Gone; or no /proc here (macOS): then PostgreSQL's own check must do.
        return pid > 0 and not Path("/proc/self").exists() and _exists(pid)
    return os.fsencode(cluster) in command_line.split(b"\0")


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def is_ready(pid_file: Path, port: int) -> bool:
    """The server writes its port on line 4 and its state on line 8 of this file."""
    try:
        lines = pid_file.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[3] == str(port) and lines[7].strip() == "ready"


def free_port() -> int:
    """A port that nobody had a moment ago."""
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Whether a server can listen on the port now."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True
