"""The proxy: who has its port, does it run, does it answer, is it warm, is it this version."""

from __future__ import annotations

import http.client
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from ccglm import __version__
from ccglm.doctor.fixes import clear_left_over
from ccglm.doctor.model import Fact, Finding, NotApplicable, Remedy, Severity
from ccglm.proxy.active import find_active
from ccglm.proxy.ports import find_holder, is_free
from ccglm.proxy.readiness import ask_ready
from ccglm.proxy.run_record import read_run_record
from ccglm.text import local_time

if TYPE_CHECKING:
    from ccglm.doctor.model import Examined
    from ccglm.doctor.subject import Subject
    from ccglm.proxy.run_record import RunRecord

TOKEN_TIMEOUT_S: Final = 5.0
_RESTART: Final = ("ccglm down", "ccglm up --detach")


def examine_port(subject: Subject) -> Examined:
    """Is the port free, or held by our proxy."""
    if subject.active() is not None:
        raise NotApplicable("the proxy runs and has its port")
    host, port = subject.address()
    if is_free(host, port):
        yield Fact(f"port {port} is free")
        return
    holder = find_holder(port)
    who = holder.describe() if holder else "another program"
    if ask_ready(host, port) is not None:
        yield Finding(
            f"port {port} is held by a ccglm proxy that this state folder knows nothing of: {who}",
            "`ccglm up` cannot start; the other one has its own settings",
            Remedy(
                "stop it where it was started, or use another port",
                (*([f"kill {holder.pid}"] if holder else []), "ccglm up --port auto"),
            ),
        )
        return
    yield Finding(
        f"port {port} is taken by {who}",
        "`ccglm up` cannot start there, and Claude Code would talk to that program",
        Remedy("use another port, or end that program", ("ccglm up --port auto",)),
    )


def examine_proxy(subject: Subject) -> Examined:
    """Does the proxy run, and does it answer."""
    # What cannot be read is told here, and nothing to look at for the other checks.
    active = find_active(subject.paths.run_record)
    if active is None:
        left_over = read_run_record(subject.paths.run_record)
        if left_over is None:
            subject.prepared()  # without settings there is nothing to start yet
        yield _not_running(subject, left_over)
    elif active.readiness is None:
        yield Finding(
            f"process {active.record.pid} of the proxy is there, but does not answer",
            f"nothing gets through {active.record.address}",
            Remedy("see what it says, then start it again", ("ccglm logs -n 50", *_RESTART)),
        )
    else:
        yield Fact(f"the proxy answers on {active.record.address}")


def _not_running(subject: Subject, left_over: RunRecord | None) -> Finding:
    if left_over is None:
        return Finding(
            "the proxy is not running",
            "Claude Code reaches nothing through it; `ccglm code` would start it",
            Remedy("start it", ("ccglm up --detach",)),
            Severity.WARNING,
        )
    return Finding(
        f"the proxy that was started at {local_time(left_over.started)} ended by itself",
        "it was killed, ran out of memory, or the machine was started again",
        Remedy(
            "see its last words, then start it again",
            ("ccglm logs -n 50", "ccglm up --detach"),
            lambda: clear_left_over(subject.paths.run_record),
        ),
        place=left_over.log_path,
    )


def examine_warm(subject: Subject) -> Examined:
    """Has the proxy been warmed up, so that the first request is as fast as any."""
    active = subject.running()
    if active.readiness is None:
        raise NotApplicable("the proxy does not answer")
    if active.readiness.warm:
        yield Fact("the proxy is warm")
        return
    yield Finding(
        "the proxy is not warm yet",
        "the next request takes seconds longer; after a minute something keeps it from warming up",
        Remedy("wait a moment and look again", ("ccglm doctor --only warm", "ccglm logs -n 50")),
        Severity.WARNING,
    )


def examine_version(subject: Subject) -> Examined:
    """Does the proxy run the version that is installed."""
    record = subject.running().record
    if record.version == __version__:
        yield Fact(f"the proxy runs version {__version__}")
        return
    yield Finding(
        f"the proxy runs version {record.version}, installed is {__version__}",
        "it was started before the upgrade and works as it did then",
        Remedy("start it again; this ends open streams", _RESTART),
        Severity.WARNING,
    )


def examine_token(subject: Subject) -> Examined:
    """Does the running proxy take the token that Claude Code is given."""
    from litellm_config.secrets import MASTER_KEY_VARIABLE

    active = subject.running()
    if active.readiness is None:
        raise NotApplicable("the proxy does not answer")
    status = _ask_with_token(active.record.address, subject.master_key())
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        yield Finding(
            f"the running proxy refuses `{MASTER_KEY_VARIABLE}`",
            "the token was changed after the proxy was started; Claude Code would be refused",
            Remedy(
                "start the proxy again, then tell Claude Code the token",
                (*_RESTART, "ccglm claude-env"),
            ),
            place=str(active.record.paths.secrets),
        )
    elif status != HTTPStatus.OK:
        yield Finding(
            f"the proxy answers {status or 'nothing'} when it is asked for its models",
            "Claude Code may get the same",
            Remedy("see what it says", ("ccglm logs -n 50",)),
            Severity.WARNING,
        )
    else:
        yield Fact("the proxy takes the token")


def _ask_with_token(address: str, token: str) -> int:
    """Return the status of a question that needs the token; 0 when there is no answer."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=TOKEN_TIMEOUT_S)
    try:
        connection.request("GET", "/v1/models", headers={"Authorization": f"Bearer {token}"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError):
        return 0  # a token that no header can carry is a ValueError
    finally:
        connection.close()
