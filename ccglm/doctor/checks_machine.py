"""The machine under it all: disk, and the variables that lead connections elsewhere."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ccglm.doctor.model import Fact, Finding, NotApplicable, Remedy, Severity
from ccglm.doctor.network_variables import (
    CERTIFICATE_FILES,
    CERTIFICATE_FOLDERS,
    is_exempt,
    proxies,
    proxy_mistake,
)
from ccglm.proxy.run_record import url_host
from ccglm.text import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ccglm.doctor.model import Examined
    from ccglm.doctor.subject import Subject

_MEGABYTE: Final = 1_000_000
_LOOPBACK: Final = "127.0.0.1"


def examine_disk(subject: Subject) -> Examined:
    """Is there room for the usage store and the logs."""
    folders = (subject.paths.state, subject.paths.settings.parent)
    for there in dict.fromkeys(_existing(folder) for folder in folders):
        free, needed = shutil.disk_usage(there).free, subject.machine.free_bytes
        if free < needed:
            yield Finding(
                f"the disk has {count(free / _MEGABYTE)} MB left",
                "requests would no longer be recorded, logs cut short, settings not written",
                Remedy(
                    f"make room: at least {count(needed / _MEGABYTE)} MB", (f"du -sh {there}/*",)
                ),
                place=str(there),
            )
        else:
            yield Fact(f"{count(free / _MEGABYTE)} MB free at {there}")


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if path.exists())


def examine_network_variables(subject: Subject) -> Examined:
    """Do the variables for proxies and certificates mean something, and leave this machine alone."""
    yield from _proxy_findings(subject)
    for name in (*CERTIFICATE_FILES, *CERTIFICATE_FOLDERS):
        value = subject.environment.get(name, "")
        if value and not _is_there(name, value):
            yield Finding(
                f"`{name}` names `{value}`, which is not there",
                "encrypted connections to the providers fail",
                Remedy(
                    "name what exists, or take the variable away, and start the proxy again",
                    (f"unset {name}",),
                ),
            )


def _is_there(name: str, value: str) -> bool:
    if name in CERTIFICATE_FILES:
        return Path(value).is_file()
    return any(Path(part).is_dir() for part in value.split(":"))


def _proxy_findings(subject: Subject) -> Iterator[Finding]:
    found = proxies(subject.environment)
    for name, value in found.items():
        mistake = proxy_mistake(value) or _missing_support(value)
        if mistake:
            yield Finding(
                f"the value of `{name}` {mistake}",
                "every request to a provider goes through it, and fails",
                Remedy("correct it, such as `http://proxy.example:3128`", (f"unset {name}",)),
            )
    hosts = _hosts_of_ours(subject)
    exposed = [host for host in hosts if not is_exempt(host, subject.environment)]
    leading = [name for name in found if name.upper() != "ALL_PROXY"]
    if leading and exposed:
        yield Finding(
            f"`{leading[0]}` is set, and `NO_PROXY` does not name {exposed[0]}",
            "Claude Code may send what is meant for the proxy on this machine to that other one",
            Remedy(
                f"put {exposed[0]} into `NO_PROXY`",
                (f'export NO_PROXY="${{NO_PROXY:+$NO_PROXY,}}{",".join(exposed)}"',),
            ),
            Severity.WARNING,
        )


def _missing_support(value: str) -> str:
    if value.lower().startswith("socks") and importlib.util.find_spec("socksio") is None:
        return "names a SOCKS proxy, for which the package `socksio` is not installed"
    return ""


def _hosts_of_ours(subject: Subject) -> list[str]:
    try:
        return [url_host(subject.address().host).strip("[]")]
    except NotApplicable:
        return [_LOOPBACK]
