"""Claude Code: is it there, what does it read, and where do its requests go."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from ccglm.claude.git_check import may_be_committed
from ccglm.claude.launch import INSTALL_COMMAND
from ccglm.doctor.client_program import look_at_client
from ccglm.doctor.fixes import close_to_others
from ccglm.doctor.model import Fact, Finding, NotApplicable, Remedy, Severity
from ccglm.errors import PrerequisiteError
from ccglm.files import SECRET_MODE
from litellm_config.providers import ZAI, cut_base_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ccglm.doctor.client_settings import ClientSettings, Told
    from ccglm.doctor.model import Examined
    from ccglm.doctor.subject import Address, Subject

BASE_URL: Final = "ANTHROPIC_BASE_URL"
TOKEN: Final = "ANTHROPIC_AUTH_TOKEN"  # noqa: S105 - a variable's name
TRIED_SERIES: Final = (2, 1)
"""The client's releases that were measured begin so (2.1.329 on 2026-11-20)."""
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
_REWRITE: Final = Remedy("let ccglm write the profile again", ("ccglm claude-env",))


def examine_client(subject: Subject) -> Examined:
    """Is Claude Code installed, and its version one that was tried."""
    try:
        client = look_at_client(subject.environment)
    except PrerequisiteError as error:
        yield Finding(
            error.message,
            "`ccglm code` cannot start it",
            Remedy("install it", (INSTALL_COMMAND,)),
            Severity.WARNING,
        )
        return
    if client.version[:2] != TRIED_SERIES:
        series = ".".join(map(str, TRIED_SERIES))
        yield Finding(
            f"Claude Code {client.version_text} was never tried with ccglm, which was with {series}",
            "it may not heed every variable of the profile, or send requests of another form",
            Remedy("bring it, or ccglm, up to date", (INSTALL_COMMAND,)),
            Severity.WARNING,
            place=str(client.program),
        )
    yield Fact(f"Claude Code {client.version_text} at {client.program}")


def examine_client_files(subject: Subject) -> Examined:
    """Which settings files does Claude Code read here, and are they readable, and closed to others."""
    client = subject.client()
    for unreadable in client.unreadable:
        yield Finding(
            f"Claude Code skips `{unreadable.path}`: {unreadable.reason}",
            "none of the settings in it take effect",
            Remedy("correct the file by hand"),
            place=str(unreadable.path),
        )
    for source in client.sources:
        path = source.path
        if path is None:
            continue
        yield Fact(f"reads {path}")
        if not source.variables.get(TOKEN):
            continue
        if source.name in ("project", "local") and may_be_committed(path):
            yield Finding(
                f"git does not ignore `{path}`",
                f"it holds `{TOKEN}`, which the next commit may take along",
                Remedy("let git ignore it", (f"echo {path.name} >> {path.parent}/.gitignore",)),
                place=str(path),
            )
        if os.name != "nt":
            mode = stat.S_IMODE(path.stat().st_mode)
            if mode & (stat.S_IRWXG | stat.S_IRWXO):
                yield Finding(
                    f"other users can read `{path}`",
                    f"it holds `{TOKEN}`",
                    Remedy(
                        "make it readable by you alone",
                        (f"chmod {SECRET_MODE:o} {path}",),
                        lambda path=path: close_to_others(path, SECRET_MODE),
                    ),
                    place=str(path),
                )


def told_where(client: ClientSettings) -> Told:
    """Return where Claude Code sends its requests.

    Raises:
        NotApplicable: It was not told.
    """
    told = client.told(BASE_URL)
    if told is None:
        raise NotApplicable("Claude Code is told no address here; `ccglm code` needs none")
    return told


def is_ours(url: str, address: Address) -> bool:
    """Return whether requests to a URL reach the proxy at an address."""
    parts, ours = urlsplit(url), urlsplit(address.url)
    try:
        same_port = (parts.port or 80) == ours.port
    except ValueError:
        return False
    same_host = parts.hostname == ours.hostname or {parts.hostname, ours.hostname} <= {*_LOOPBACK}
    return parts.scheme == "http" and same_host and same_port


def is_provider_itself(url: str, subject: Subject) -> bool:
    """Return whether a URL is Z.ai's own Messages API, as `ccglm claude-env --direct zai` writes it."""
    own = subject.prepared().variables.get(ZAI.base_variable) or ZAI.default_base
    return url.rstrip("/") == cut_base_url("zai", own) + ZAI.surfaces["anthropic"]


def examine_client_address(subject: Subject) -> Examined:
    """Do Claude Code's requests go to the proxy, with its token."""
    told = told_where(subject.client())
    place = str(told.source.path or "")
    bare = told.value.rstrip("/").removesuffix("/v1")
    if bare != told.value.rstrip("/"):
        yield Finding(
            f"`{BASE_URL}` in {told.source.describe()} ends in `/v1`",
            "the client adds `/v1` itself, and gets 404 for every request",
            Remedy("take it off", ("ccglm claude-env",)),
            place=place,
        )
    address = subject.address()
    if is_ours(bare, address):
        yield from _token_findings(subject, place)
        yield from _silence_findings(subject, place)
        yield Fact(f"requests go to {told.value}, says {told.source.describe()}")
    elif is_provider_itself(bare, subject):
        yield Fact("requests go to Z.ai itself, without the proxy")
    else:
        yield Finding(
            f"Claude Code is told to use {told.value} by {told.source.describe()}, "
            f"but the proxy is at {address.url}",
            "its requests do not reach the proxy",
            _REWRITE,
            place=place,
        )


def _token_findings(subject: Subject, place: str) -> Iterator[Finding]:
    token = subject.client().told(TOKEN)
    if token is None:
        yield Finding(
            f"Claude Code is told no `{TOKEN}`",
            "the proxy refuses every request, and the client asks for a login",
            _REWRITE,
            place=place,
        )
    elif token.value != subject.master_key():
        yield Finding(
            f"the token Claude Code is given by {token.source.describe()} is not the proxy's",
            "the proxy refuses every request, and the client says `Not logged in`",
            _REWRITE,
            place=str(token.source.path or ""),
        )


def _silence_findings(subject: Subject, place: str) -> Iterator[Finding]:
    if subject.active() is None:
        yield Finding(
            "Claude Code is told to use the proxy, which is not running",
            "`claude` gets no answer",
            Remedy("start it", ("ccglm up --detach",)),
            place=place,
        )
