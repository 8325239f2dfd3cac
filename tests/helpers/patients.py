"""A complete, healthy set-up in a temporary folder, for the doctor: settings, a running proxy, Claude Code.

The proxy is the stand-in process, the providers are the simulator, Claude Code is a program that says its
version and the settings that `claude-env` writes. A test spoils one thing and sees what the doctor says.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ccglm.claude.facts import profile_facts
from ccglm.claude.install import install
from ccglm.claude.profile import build_profile
from ccglm.claude.scopes import Scope, settings_files, targets
from ccglm.claude.undo_record import UndoRecords
from ccglm.console import Output
from ccglm.context import AppContext
from ccglm.doctor.checks import CHECKS
from ccglm.doctor.model import Report
from ccglm.doctor.runner import run_checks
from ccglm.doctor.subject import Machine, Subject
from ccglm.paths import Paths
from ccglm.proxy.generated import write_generated
from ccglm.proxy.prepare import prepare
from ccglm.proxy.run_record import RunRecord, write_run_record
from ccglm.proxy.signals import StopRequest
from ccglm.proxy.start import RunningProxy, start_proxy
from tests.helpers.homes import CEREBRAS_KEY, MASTER_KEY, ZAI_KEY, a_home
from tests.helpers.launches import a_launch

CLIENT_VERSION = "2.1.329 (Claude Code)"
SLOW_CHECKS = ("seam", "packages", "litellm")
"""Checks that start a Python of their own; left out unless they are what is tested."""


@dataclass
class Patient:
    """One user's set-up; everything may be spoiled."""

    folder: Path
    environment: dict[str, str]
    record: RunRecord
    machine: Machine = field(default_factory=Machine)
    clock_off_s: float = 0.0
    working_folder: Path = field(init=False)

    def __post_init__(self) -> None:
        self.working_folder = self.folder / "work"

    @property
    def home(self) -> Path:
        """What `CCGLM_HOME` points at."""
        return Path(self.environment["CCGLM_HOME"])

    @property
    def paths(self) -> Paths:
        return Paths(settings=self.home / "ccglm.yaml", state=self.home / "state")

    @property
    def client_settings(self) -> Path:
        """The user's settings file of Claude Code."""
        return Path(self.environment["HOME"]) / ".claude" / "settings.json"

    def app(self) -> AppContext:
        """Return the context of a command in this set-up; its output goes nowhere."""
        shift = timedelta(seconds=self.clock_off_s)
        return AppContext(
            environment=dict(self.environment),
            paths=self.paths,
            output=Output(stdout=io.StringIO(), stderr=io.StringIO(), environment=self.environment),
            now=lambda: datetime.now(UTC) + shift,
        )

    def subject(self) -> Subject:
        return Subject(self.app(), working_folder=self.working_folder, machine=self.machine)

    def examine(self, *only: str, also: str = "", online: bool = False) -> Report:
        """Run checks: those named, or all but the slow ones and `also`."""
        quick = [check.name for check in CHECKS if check.name not in SLOW_CHECKS]
        names = only or (*quick, also)
        chosen = [c for c in CHECKS if c.name in names and (online or not c.online)]
        return run_checks(chosen, self.subject())

    # --- ways to spoil it -------------------------------------------------------------------------

    def set_settings(self, **changes: Any) -> None:
        """Change top-level sections of `ccglm.yaml`."""
        secrets = self.paths.secrets.read_text()
        a_home(self.home, **{"server": {"port": self.record.port}, **changes})
        self.paths.secrets.write_text(secrets)

    def set_secret(self, name: str, value: str) -> None:
        """Change a variable of `.env`."""
        lines = self.paths.secrets.read_text().splitlines()
        kept = [line for line in lines if not line.startswith(f"{name}=")]
        self.paths.secrets.write_text("\n".join([*kept, f"{name}={value}", ""]))

    def generate(self) -> None:
        """Write the generated files as a start would."""
        write_generated(prepare(self.paths, self.environment), self.paths)

    def set_record(self, **changes: Any) -> None:
        """Change the run record."""
        write_run_record(self.paths.run_record, replace(self.record, **changes))

    def stop_proxy(self) -> None:
        """Have no proxy, and none that ended by itself: the usual state before `ccglm up`."""
        self.paths.run_record.unlink()
        self.drop_client_settings()

    def drop_client_settings(self) -> None:
        """Have a Claude Code that was told nothing."""
        self.client_settings.unlink()

    def set_client(self, scope: Path | None = None, **keys: Any) -> None:
        """Change keys of a settings file of Claude Code; None takes one away; `env` is merged."""
        path = scope or self.client_settings
        path.parent.mkdir(parents=True, exist_ok=True)
        document = json.loads(path.read_text()) if path.exists() else {}
        variables = {**document.get("env", {}), **keys.pop("env", {})}
        document["env"] = {name: value for name, value in variables.items() if value is not None}
        path.write_text(json.dumps({**document, **keys}))
        path.chmod(0o600)

    def use_python(self, **modules: str) -> None:
        """Put modules, by file name, in the way of those the proxy would import."""
        other = self.folder / "other-packages"
        for name, text in modules.items():
            file = other / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        self.machine = replace(
            self.machine, python=a_program(self.folder / "python", PYTHON.format(other=other))
        )


PYTHON = f'PYTHONPATH={{other}} exec {sys.executable} -P "$@"'


def a_program(path: Path, line: str) -> tuple[str, ...]:
    """Write a shell program and return how it is started."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)
    return (str(path),)


@contextmanager
def running_stand_in(folder: Path, behaviour: str = "") -> Generator[RunningProxy]:
    """Run the stand-in proxy for the length of a block."""
    folder.mkdir(parents=True, exist_ok=True)
    proxy = start_proxy(a_launch(folder, behaviour=behaviour), stop=StopRequest())
    try:
        yield proxy
    finally:
        proxy.stop()


def a_patient(folder: Path, record: RunRecord, bases: Sequence[str]) -> Patient:
    """Return a healthy set-up.

    Args:
        folder: An empty one.
        record: Of a running stand-in, whose port the settings get.
        bases: Where Cerebras and Z.ai are played.
    """
    home, user = folder / "ccglm", folder / "user"
    for place in (home, user, folder / "work"):
        place.mkdir(parents=True)
    a_program(folder / "bin" / "claude", f"echo '{CLIENT_VERSION}'")
    (home / "state").mkdir(mode=0o700)
    record = replace(
        record,
        settings_path=str(home / "ccglm.yaml"),
        state_path=str(home / "state"),
        log_path=str(home / "state" / "logs" / "proxy.log"),
    )
    environment = {
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(user),
        "CCGLM_HOME": str(home),
        "CEREBRAS_API_BASE": bases[0],
        "ZAI_API_BASE": bases[1],
    }
    patient = Patient(folder, environment, record)
    a_home(home, server={"port": record.port})
    patient.generate()
    patient.set_record()
    hooks = prepare(patient.paths, environment).hooks
    profile = build_profile(profile_facts(hooks, base_url=record.address, token=MASTER_KEY))
    files = settings_files(
        Scope.USER, environment=environment, working_folder=patient.working_folder
    )
    install(targets(profile, files), UndoRecords(patient.paths.state))
    return patient


NOBODY = ("http://127.0.0.1:1/v1", "http://127.0.0.1:1")
"""Addresses of providers for tests that ask none."""


@pytest.fixture(scope="module")
def shared_proxy(tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningProxy]:
    """One stand-in for all the patients of a module."""
    with running_stand_in(tmp_path_factory.mktemp("proxy")) as proxy:
        yield proxy


@pytest.fixture
def patient(tmp_path: Path, shared_proxy: RunningProxy) -> Patient:
    """A healthy set-up whose providers nobody asks."""
    return a_patient(tmp_path, shared_proxy.record, NOBODY)


KEYS = (CEREBRAS_KEY, ZAI_KEY, MASTER_KEY)
"""Every secret of a healthy set-up."""
