"""Runs one PostgreSQL program for an owner, and stops it when the owner is gone.

A process of its own, because three things cannot be had from inside the owner: the server must
outlive no owner (not even one that was killed with SIGKILL), the step down from root must not
happen in a process with threads, and Ctrl-C in a terminal must reach the owner alone.

Started by path with ``python -I -S``, so that it is there in a few milliseconds; hence nothing but the
standard library is imported here, and nothing of Ledgerbridge's.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import signal
import sys
import time
from types import FrameType

LOOK_EVERY = 0.1  # seconds between two looks at owner and child
SECONDS_TO_STOP = 20  # after a fast shutdown was asked for; then an immediate one (recovers at the next start)

# <linux/prctl.h> and <linux/capability.h>: neither has a binding in the standard library.
PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_SET_SECUREBITS = 28
SECBIT_NO_SETUID_FIXUP = 1 << 2
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAPABILITY_VERSION_3 = 0x20080522

_asked_to_stop = False


def _ask_to_stop(_number: int, _frame: FrameType | None) -> None:
    global _asked_to_stop  # noqa: PLW0603 - a signal handler has no other way to tell
    _asked_to_stop = True


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _CapabilityData(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def _checked(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _step_down(libc: ctypes.CDLL, uid: int, gid: int, capability: int | None) -> None:
    """Become ``uid`` for good, with at most one capability left: to enter folders that are closed to it.

    The capability is ambient, so that it lasts through ``exec``: the server can then lie below a
    folder that only root may enter, and no folder's permissions need be changed for it.
    """
    if capability is not None:
        _checked(libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0))
        # access(2), by which PostgreSQL looks for its own programs, heeds the capability only with this bit.
        # Where we may not set it, the programs must lie in the open, and the data may still lie behind closed doors.
        libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if capability is None:
        return
    bit = 1 << capability
    header = _CapabilityHeader(CAPABILITY_VERSION_3, 0)
    data = (_CapabilityData * 2)(_CapabilityData(bit, bit, bit), _CapabilityData(0, 0, 0))
    _checked(libc.capset(ctypes.byref(header), data))
    _checked(libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0))


def _become_program(options: argparse.Namespace, keeper: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if options.uid is not None:
        _step_down(libc, options.uid, options.gid, options.capability)
    if sys.platform == "linux":
        # Should the keeper itself be killed, the kernel asks the server for a fast shutdown. Set after
        # the change of user, which would clear it.
        _checked(libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGINT), 0, 0, 0))
        if os.getppid() != keeper:
            os._exit(0)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    os.umask(0o077)
    os.chdir("/")
    os.execv(options.program[0], options.program)  # noqa: S606 - the very point: no shell in between


def _watch(child: int, owner: int) -> int:
    """The child's exit code, once it has ended by itself or because the owner is gone."""
    stop_by: int | None = None
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if stop_by is None and (_asked_to_stop or os.getppid() != owner):
            os.kill(child, signal.SIGINT)
            stop_by = time.monotonic_ns() + SECONDS_TO_STOP * 10**9
        if stop_by is not None and time.monotonic_ns() > stop_by:
            os.kill(child, signal.SIGQUIT)
        time.sleep(LOOK_EVERY)


def main(arguments: list[str]) -> int:
    """Run ``program`` until it ends, the owner ends, or SIGTERM asks for it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--owner", type=int, required=True, help="process whose end is the program's end")
    parser.add_argument("--uid", type=int)
    parser.add_argument("--gid", type=int)
    parser.add_argument("--capability", type=int)
    parser.add_argument("program", nargs="+")
    options = parser.parse_args(arguments)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _ask_to_stop)
    keeper = os.getpid()
    child = os.fork()
    if child == 0:
        try:
            _become_program(options, keeper)
        except OSError as error:
            os.write(2, f"cannot start {options.program[0]}: {error}\n".encode())
        os._exit(127)
    return _watch(child, options.owner)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
