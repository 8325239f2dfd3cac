"""From settings to a proxy that answers: check, choose the port, write what is generated, start.

The library behind `ccglm up`, `code` and `demo`. Whatever fails, nothing is left running.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal

from ccglm import __version__
from ccglm.errors import ProxyUnavailable
from ccglm.proxy.active import find_active
from ccglm.proxy.child_environment import child_environment
from ccglm.proxy.demo import Demo, start_demo
from ccglm.proxy.generated import plan_generated, read_chains, write_generated
from ccglm.proxy.ports import find_holder, free_port, is_free
from ccglm.proxy.prepare import Prepared, prepare
from ccglm.proxy.run_record import RunRecord
from ccglm.proxy.start import Launch, RunningProxy, new_run_id, start_proxy
from ccglm.proxy.start_lock import start_lock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from ccglm.paths import Paths
    from ccglm.proxy.active import ActiveProxy
    from ccglm.proxy.signals import StopRequest
    from litellm_config.problems import Problem

PortChoice = int | Literal["auto"] | None
"""A port, any free one, or the one in the settings."""

_FIRST_PID: Final = 2
"""Stands for the process id until there is a process."""


@dataclass(frozen=True)
class UpRequest:
    """What is wanted of a start."""

    paths: Paths
    """Settings to read and the folder for what is generated."""
    record_path: Path
    """The run record; in the user's state folder also for a proxy that has its own."""
    environment: Mapping[str, str]
    """The user's."""
    port: PortChoice = None
    yields_port: bool = False
    """Whether a taken port of the settings is exchanged for a free one."""
    workers: int = 1
    detached: bool = False
    demo: bool = False
    """Whether simulated providers are started beside it; `paths` then gives only the state folder."""
    command: Sequence[str] = Launch.command
    """The program that is the proxy."""
    run_id: str = field(default_factory=new_run_id)


@dataclass(frozen=True)
class Up:
    """A proxy that answers, started by us or before."""

    record: RunRecord
    chains: dict[str, list[str]]
    """Role to its members, first that can, serves."""
    running: RunningProxy | None = None
    """None when it ran already."""
    demo: Demo | None = None
    warnings: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    """What was chosen for the user, such as a port."""
    cautions: tuple[str, ...] = ()
    """What the user should look after, such as settings that changed since the start."""

    def stop(self) -> None:
        """Stop what was started here; harmless when repeated."""
        if self.running is not None:
            self.running.stop()
        if self.demo is not None:
            self.demo.stop()


def bring_up(
    request: UpRequest, *, stop: StopRequest, tell: Callable[[str], None] = lambda _: None
) -> Up:
    """Return a proxy that answers; start it unless it runs already.

    Args:
        request: What is wanted.
        stop: Looked at while waiting; when set, what was started is stopped.
        tell: Is told what is going on.

    Raises:
        SettingsError: The settings are wrong.
        PrerequisiteError: A key is missing, or a folder cannot be written.
        ProxyUnavailable: The port is taken, or the proxy did not become ready.
        KeyboardInterrupt: `stop` was set.
    """
    prepared = None
    if not request.demo:
        tell("checking the settings")
        prepared = prepare(request.paths, request.environment)
    with start_lock(request.record_path.with_name("up.lock")):
        active = find_active(request.record_path)
        if active is not None:
            return _already_up(request, prepared, active)
        if prepared is not None:
            return _start(request, prepared, None, stop, tell)
        return _start_with_demo(request, stop, tell)


def _start_with_demo(request: UpRequest, stop: StopRequest, tell: Callable[[str], None]) -> Up:
    tell("starting simulated providers")
    demo = start_demo(request.paths.state / "demo", request.environment, request.run_id)
    try:
        request = replace(request, paths=demo.paths, environment=demo.environment, yields_port=True)
        return _start(request, prepare(demo.paths, demo.environment), demo, stop, tell)
    except BaseException:
        demo.stop()
        raise


def _start(
    request: UpRequest,
    prepared: Prepared,
    demo: Demo | None,
    stop: StopRequest,
    tell: Callable[[str], None],
) -> Up:
    port, notes = _choose_port(request, prepared)
    cautions = write_generated(prepared, request.paths)
    launch = _launch(request, prepared, port, demo.pid if demo else None)
    running = start_proxy(launch, stop=stop, tell=tell)
    chains = {role: list(chain) for role, chain in prepared.hooks.chains.items()}
    # What the demo's models are on real accounts is of no interest there.
    warnings = () if demo else prepared.warnings
    return Up(running.record, chains, running, demo, warnings, tuple(notes), tuple(cautions))


def _already_up(request: UpRequest, prepared: Prepared | None, active: ActiveProxy) -> Up:
    record = active.record
    if active.readiness is None:
        raise ProxyUnavailable(
            f"a proxy is there (process {record.pid}) but does not answer",
            hint="stop it with `ccglm down`, then try again",
        )
    same = record.simulator_pid is not None if request.demo else record.paths == request.paths
    if request.port not in (None, "auto", record.port) or not same:
        raise ProxyUnavailable(
            f"another proxy runs already, on port {record.port} (process {record.pid})",
            hint="stop it with `ccglm down`, then try again",
        )
    planned = plan_generated(prepared, request.paths) if prepared else []
    changed = any(write.old_text != write.new_text for write in planned)
    caution = "the settings changed since it started; `ccglm down`, then `ccglm up`, uses them"
    chains = read_chains(record.paths.hook_settings)
    return Up(record, chains, cautions=(caution,) if changed else ())


def _choose_port(request: UpRequest, prepared: Prepared) -> tuple[int, list[str]]:
    server = prepared.settings.server
    wanted = server.port if request.port is None else request.port
    if wanted == "auto":
        port = free_port(server.host)
        return port, [f"port {port} is free and was chosen"]
    if is_free(server.host, wanted):
        return wanted, []
    if request.port is None and request.yields_port:
        port = free_port(server.host)
        return port, [f"port {wanted} is taken; port {port} is free and was chosen"]
    holder = find_holder(wanted)
    by = f" by {holder.describe()}" if holder else ""
    raise ProxyUnavailable(
        f"port {wanted} is already in use{by}",
        hint="`ccglm up --port auto` takes a free one; or stop the other program",
    )


def _launch(request: UpRequest, prepared: Prepared, port: int, simulator_pid: int | None) -> Launch:
    paths, settings = request.paths, prepared.settings
    environment = child_environment(
        request.environment,
        prepared.variables,
        config_text=prepared.config_text,
        names=prepared.needed,
    )
    return Launch(
        record=RunRecord(
            pid=_FIRST_PID,
            host=settings.server.host,
            port=port,
            run_id=request.run_id,
            started_at=datetime.now(UTC).isoformat(timespec="seconds"),
            log_path=str(paths.proxy_log),
            version=__version__,
            settings_path=str(paths.settings),
            state_path=str(paths.state),
            detached=request.detached,
            simulator_pid=simulator_pid,
        ),
        environment={
            **environment,
            "CCGLM_HOOK_SETTINGS": str(paths.hook_settings),
            "CCGLM_LOG_LEVEL": settings.logging.level,
            "CCGLM_LOG_PATH": str(paths.proxy_log),
            "CCGLM_LOG_MAX_BYTES": str(settings.logging.max_bytes),
            "CCGLM_LOG_RETENTION_DAYS": str(settings.logging.retention_days),
        },
        config=paths.proxy_config,
        log=paths.proxy_log,
        record_path=request.record_path,
        workers=request.workers,
        command=request.command,
    )
