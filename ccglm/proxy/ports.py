"""Ports: is one free, who holds it, which one else."""

from __future__ import annotations

import errno
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from ccglm.errors import PrerequisiteError, SettingsError
from ccglm.proxy.processes import command_line

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROC: Final = Path("/proc")
_LISTEN: Final = "0A"
"""State of a listening socket in `/proc/net/tcp`: TCP_LISTEN of the kernel's tcp_states.h."""
_LSOF_TIMEOUT_S: Final = 5.0
_SHOWN_COMMAND_CHARS: Final = 80


class Holder(NamedTuple):
    """The process that listens on a port."""

    pid: int
    command: str
    """Its arguments, shortened; "" when they cannot be seen."""

    def describe(self) -> str:
        """Return it for people: "process 123 (`python -m http.server`)"."""
        return f"process {self.pid}" + (f" (`{self.command}`)" if self.command else "")


def is_free(host: str, port: int) -> bool:
    """Return whether a server could listen there now.

    Raises:
        PrerequisiteError: This user may not listen on that port.
        SettingsError: This machine has no such address.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            # As the server does: a port in TIME_WAIT is free, one that is listened on is not.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except socket.gaierror as error:
        raise _no_such_address(host) from error
    except PermissionError as error:
        raise PrerequisiteError(
            f"this user may not listen on port {port}", hint="choose a port above 1023"
        ) from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return False
        if error.errno == errno.EADDRNOTAVAIL:
            raise _no_such_address(host) from error
        raise
    return True


def _no_such_address(host: str) -> SettingsError:
    return SettingsError(
        f"this machine has no address `{host}` to listen on",
        hint="set `server.host` to 127.0.0.1, or to an address of this machine",
    )


def free_port(host: str) -> int:
    """Return a port on which nobody listens at the moment.

    Raises:
        SettingsError: This machine has no such address.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        try:
            probe.bind((host, 0))
        except OSError as error:
            raise _no_such_address(host) from error
        return int(probe.getsockname()[1])


def find_holder(port: int) -> Holder | None:
    """Return who listens on a port of this machine, or None when the system does not tell."""
    pid = _holder_on_linux(port) if sys.platform == "linux" else _holder_by_lsof(port)
    if pid is None:
        return None
    command = command_line(pid)
    if len(command) > _SHOWN_COMMAND_CHARS:
        command = command[: _SHOWN_COMMAND_CHARS - 1] + "…"
    return Holder(pid, command)


def _holder_on_linux(port: int) -> int | None:
    wanted = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    if not wanted:
        return None
    for folder in _PROC.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            for descriptor in (folder / "fd").iterdir():
                if str(descriptor.readlink()) in wanted:
                    return int(folder.name)
        except OSError:
            continue  # it ended meanwhile, or belongs to somebody else
    return None


def _listening_inodes(port: int) -> Iterator[str]:
    for name in ("tcp", "tcp6"):
        try:
            lines = (_PROC / "net" / name).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            # proc(5): `sl local_address rem_address st tx:rx tr:tm retrnsmt uid timeout inode`
            fields = line.split()
            if fields[3] == _LISTEN and int(fields[1].rpartition(":")[2], 16) == port:
                yield fields[9]


def _holder_by_lsof(port: int) -> int | None:
    program = shutil.which("lsof")
    if program is None:
        return None
    done = subprocess.run(  # noqa: S603 - fixed program, the argument is a number
        [program, "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-Fp"],
        capture_output=True,
        text=True,
        check=False,
        timeout=_LSOF_TIMEOUT_S,
    )
    pids = [line[1:] for line in done.stdout.splitlines() if line.startswith("p")]
    return int(pids[0]) if pids else None
