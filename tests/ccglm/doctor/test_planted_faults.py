"""The doctor finds each fault that is planted, that one alone, and nothing in a healthy set-up.

Real files, processes and sockets; the providers are the simulator.
"""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
from collections.abc import Callable, Generator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ccglm.doctor.checks import CHECKS
from ccglm.proxy.ports import free_port
from ccglm.proxy.processes import is_alive
from ccglm.proxy.start import RunningProxy
from ccglm.simulator.process import SimulatorProcess
from tests.helpers.homes import CEREBRAS_KEY, MASTER_KEY, ZAI_KEY, settings_with
from tests.helpers.patients import (
    KEYS,
    Patient,
    a_patient,
    a_program,
    running_stand_in,
    shared_proxy,
)
from tests.helpers.simulator import simulator, simulator_knobs, simulator_process

__all__ = ["shared_proxy", "simulator", "simulator_knobs", "simulator_process"]


@dataclass
class Ward:
    """What a fault may be planted in, and what must be taken back afterwards."""

    patient: Patient
    simulator: SimulatorProcess
    afterwards: ExitStack

    def own_proxy(self, behaviour: str = "") -> RunningProxy:
        """Give the patient a proxy of its own in place of the shared one."""
        proxy = self.afterwards.enter_context(
            running_stand_in(self.patient.folder / "proxy", behaviour)
        )
        mine, shared = proxy.record, self.patient.record
        self.patient.record = replace(shared, pid=mine.pid, run_id=mine.run_id, port=mine.port)
        self.patient.set_settings()
        self.patient.generate()
        self.patient.set_record()
        self.patient.set_client(env={"ANTHROPIC_BASE_URL": self.patient.record.address})
        return proxy

    def occupied_port(self) -> int:
        """Return a port on which this process listens."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.afterwards.callback(listener.close)
        return listener.getsockname()[1]


@dataclass(frozen=True)
class Fault:
    """One thing that can be wrong."""

    check: str
    """The check that must find it."""
    says: str
    """Part of what it must say."""
    plant: Callable[[Ward], object]
    online: bool = False
    beside: str = ""
    """A check that rightly finds something too."""


# --- installation and machine ----------------------------------------------------------------------


def old_python(ward: Ward) -> None:
    ward.patient.machine = replace(ward.patient.machine, python_version=(3, 10))


def foreign_callbacks(ward: Ward) -> None:
    ward.patient.use_python(**{"callbacks/__init__.py": "", "callbacks/litellm_seam.py": ""})


def litellm_of_version(version: str) -> Callable[[Ward], None]:
    metadata = f"Metadata-Version: 2.1\nName: litellm\nVersion: {version}\n"
    name = f"litellm-{version}.dist-info/METADATA"
    return lambda ward: ward.patient.use_python(**{name: metadata})


def moved_seam(ward: Ward) -> None:
    ward.patient.use_python(**{"litellm/__init__.py": "# a release that moved everything\n"})


def full_disk(ward: Ward) -> None:
    ward.patient.machine = replace(ward.patient.machine, free_bytes=1 << 60)


def a_variable(name: str, value: str) -> Callable[[Ward], None]:
    return lambda ward: ward.patient.environment.update({name: value})


# --- files and settings ----------------------------------------------------------------------------


def open_secrets(ward: Ward) -> None:
    ward.patient.paths.secrets.chmod(0o644)


def open_state(ward: Ward) -> None:
    ward.patient.paths.state.chmod(0o755)


def secrets_in_git(ward: Ward) -> None:
    subprocess.run(["git", "init", "-q", ward.patient.home], check=True)


def state_is_a_file(ward: Ward) -> None:
    no_proxy(ward)
    state = ward.patient.paths.state
    state.rename(state.with_name("moved"))
    state.write_text("")


def broken_yaml(ward: Ward) -> None:
    ward.patient.paths.settings.write_text("models: [\n")


def unknown_key(ward: Ward) -> None:
    with ward.patient.paths.settings.open("a") as file:
        file.write("prot: 4000\n")


def weak_master_key(ward: Ward) -> None:
    ward.patient.drop_client_settings()
    ward.patient.set_secret("CCGLM_MASTER_KEY", "sk-1234")


def retired_model(ward: Ward) -> None:
    models = settings_with()["models"]
    chain = [*models["main"], "cerebras/zai-glm-4.6"]
    ward.patient.set_settings(models={**models, "main": chain})
    ward.patient.generate()


def no_settings(ward: Ward) -> None:
    ward.patient.stop_proxy()
    ward.patient.paths.settings.unlink()


def unreadable_secrets(ward: Ward) -> None:
    ward.patient.paths.secrets.write_bytes(b"\xff\xfe")


def edited_config(ward: Ward) -> None:
    with ward.patient.paths.proxy_config.open("a") as file:
        file.write("general_settings: {}\n")


def changed_settings(ward: Ward) -> None:
    ward.patient.set_settings(temperature={"cap": 0.5})


def damaged_store(ward: Ward) -> None:
    ward.patient.paths.usage_db.write_bytes(b"no database at all" * 300)


def newer_store(ward: Ward) -> None:
    with closing(sqlite3.connect(ward.patient.paths.usage_db)) as connection:
        connection.execute("PRAGMA user_version = 999")


# --- the proxy -------------------------------------------------------------------------------------


def taken_port(ward: Ward) -> None:
    ward.patient.stop_proxy()
    ward.patient.set_settings(server={"port": ward.occupied_port()})


def unknown_proxy(ward: Ward) -> None:
    # The shared proxy runs on, and this state folder has no record of it.
    ward.patient.stop_proxy()


def killed_proxy(ward: Ward) -> None:
    proxy = ward.own_proxy()
    os.killpg(proxy.record.pid, signal.SIGKILL)
    while is_alive(proxy.record.pid):
        proxy.exit_code()
    ward.patient.set_record()
    ward.patient.drop_client_settings()


def mute_proxy(ward: Ward) -> None:
    proxy = ward.own_proxy()
    os.killpg(proxy.record.pid, signal.SIGSTOP)
    ward.afterwards.callback(os.killpg, proxy.record.pid, signal.SIGCONT)


def no_proxy(ward: Ward) -> None:
    ward.patient.stop_proxy()
    ward.patient.set_settings(server={"port": free_port("127.0.0.1")})


def cold_proxy(ward: Ward) -> None:
    ward.own_proxy("cools")


def other_version(ward: Ward) -> None:
    ward.patient.set_record(version="0.0.1")


def unreadable_record(ward: Ward) -> None:
    ward.patient.paths.run_record.write_bytes(b"\xff\xfe")
    ward.patient.drop_client_settings()


def refusing_proxy(ward: Ward) -> None:
    ward.own_proxy("refuses")


# --- Claude Code -----------------------------------------------------------------------------------


def no_client(ward: Ward) -> None:
    (ward.patient.folder / "bin" / "claude").unlink()


def client_says(line: str) -> Callable[[Ward], object]:
    return lambda ward: a_program(ward.patient.folder / "bin" / "claude", line)


def broken_client_settings(ward: Ward) -> None:
    local = ward.patient.working_folder / ".claude" / "settings.local.json"
    local.parent.mkdir()
    local.write_text('{"env": {\n')


def token_in_git(ward: Ward) -> None:
    work = ward.patient.working_folder
    subprocess.run(["git", "init", "-q", work], check=True)
    token = {"ANTHROPIC_AUTH_TOKEN": MASTER_KEY}
    ward.patient.set_client(work / ".claude" / "settings.local.json", env=token)


def open_client_settings(ward: Ward) -> None:
    ward.patient.client_settings.chmod(0o644)


def client_variable(name: str, value: str | None) -> Callable[[Ward], None]:
    return lambda ward: ward.patient.set_client(env={name: value})


def base_url_with_v1(ward: Ward) -> None:
    ward.patient.set_client(env={"ANTHROPIC_BASE_URL": f"{ward.patient.record.address}/v1"})


def project_leads_elsewhere(ward: Ward) -> None:
    project = ward.patient.working_folder / ".claude" / "settings.json"
    ward.patient.set_client(project, env={"ANTHROPIC_BASE_URL": "https://gateway.example"})


def stopped_behind_the_client(ward: Ward) -> None:
    port = free_port("127.0.0.1")
    ward.patient.paths.run_record.unlink()
    ward.patient.set_settings(server={"port": port})
    ward.patient.set_client(env={"ANTHROPIC_BASE_URL": f"http://127.0.0.1:{port}"})


def key_helper(ward: Ward) -> None:
    ward.patient.set_client(apiKeyHelper="/bin/print-key")


def opus_alone(ward: Ward) -> None:
    ward.patient.set_client(env={"ANTHROPIC_MODEL": None})


def model_nobody_has(ward: Ward) -> None:
    models = settings_with()["models"]
    ward.patient.set_settings(models=models, aliases={"opus": "main"})
    ward.patient.generate()
    ward.patient.set_client(env={"ANTHROPIC_MODEL": "gpt-9"})


def smaller_chain(ward: Ward) -> None:
    facts = {"cerebras/gpt-oss-120b": {"like": "cerebras/gpt-oss-120b", "context_tokens": 65_000}}
    ward.patient.set_settings(model_facts=facts)
    ward.patient.generate()


# --- the providers ---------------------------------------------------------------------------------


def key_state(key: str, state: str) -> Callable[[Ward], object]:
    return lambda ward: ward.simulator.knobs(keys={key: state})


def unlisted_model(ward: Ward) -> None:
    models = settings_with()["models"]
    ward.patient.set_settings(models={**models, "main": ["zai/glm-4.7", "cerebras/zai-glm-5-mine"]},
                              model_facts={"cerebras/zai-glm-5-mine": {"like": "cerebras/zai-glm-4.7"}})  # fmt: skip
    ward.patient.generate()


def used_up_plan(ward: Ward) -> None:
    ward.simulator.scenario("ZA-03")


def unreachable(ward: Ward) -> None:
    nobody = f"http://127.0.0.1:{free_port('127.0.0.1')}"
    ward.patient.environment["ZAI_API_BASE"] = nobody
    ward.patient.generate()


def unknown_name(ward: Ward) -> None:
    ward.patient.environment["ZAI_API_BASE"] = "http://no-such-provider.invalid"
    ward.patient.generate()


def no_encryption(ward: Ward) -> None:
    # The simulator speaks plain HTTP; its port is asked for TLS.
    secure = ward.simulator.zai_base.replace("http://", "https://")
    ward.patient.environment["ZAI_API_BASE"] = secure
    ward.patient.generate()


def wrong_clock(ward: Ward) -> None:
    ward.patient.clock_off_s = 3_600.0


FAULTS: dict[str, Fault] = {
    "old-python": Fault("python", "Python 3.10 runs ccglm", old_python),
    "foreign-callbacks": Fault("packages", "`callbacks` that Python finds is not ours", foreign_callbacks),
    "compromised-litellm": Fault("litellm", "an attacker published", litellm_of_version("1.82.8")),
    "untried-litellm": Fault("litellm", "LiteLLM 1.120.3 was never tried", litellm_of_version("1.120.3")),
    "moved-seam": Fault("seam", "`callbacks.litellm_seam` cannot be imported", moved_seam),
    "full-disk": Fault("disk", "MB left", full_disk),
    "proxy-variable": Fault("network", "value of `HTTPS_PROXY` does not begin with", a_variable("HTTPS_PROXY", "proxy:3128")),
    "proxy-in-between": Fault("network", "`NO_PROXY` does not name 127.0.0.1", a_variable("HTTP_PROXY", "http://127.0.0.1:9")),
    "missing-certificates": Fault("network", "`SSL_CERT_FILE` names `/no/such.pem`", a_variable("SSL_CERT_FILE", "/no/such.pem")),
    "open-secrets": Fault("files", "other users can read", open_secrets),
    "open-state": Fault("files", "other users can look into", open_state),
    "secrets-in-git": Fault("files", "git does not ignore", secrets_in_git),
    "state-is-a-file": Fault("files", "where the state folder must be", state_is_a_file, beside="proxy"),
    "broken-yaml": Fault("settings", "", broken_yaml),
    "unknown-key": Fault("settings", "prot", unknown_key),
    "missing-key": Fault("settings", "`ZAI_API_KEY` is not set", lambda ward: ward.patient.set_secret("ZAI_API_KEY", "")),
    "weak-master-key": Fault("settings", "publicly known", weak_master_key),
    "retired-model": Fault("settings", "zai-glm-4.6", retired_model),
    "no-settings": Fault("settings", "there are no settings", no_settings),
    "unreadable-secrets": Fault("settings", "is not UTF-8 text", unreadable_secrets),
    "edited-config": Fault("generated", "edited by hand", edited_config),
    "changed-settings": Fault("generated", "changed after the proxy was started", changed_settings),
    "damaged-store": Fault("usage-store", "is damaged or not a usage store", damaged_store),
    "newer-store": Fault("usage-store", "a newer ccglm", newer_store),
    "taken-port": Fault("port", "is taken by process", taken_port, beside="proxy"),
    "unknown-proxy": Fault("port", "held by a ccglm proxy", unknown_proxy, beside="proxy"),
    "no-proxy": Fault("proxy", "the proxy is not running", no_proxy),
    "killed-proxy": Fault("proxy", "ended by itself", killed_proxy),
    "mute-proxy": Fault("proxy", "does not answer", mute_proxy),
    "unreadable-record": Fault("proxy", "is not UTF-8 text", unreadable_record),
    "cold-proxy": Fault("warm", "not warm yet", cold_proxy),
    "other-version": Fault("version", "the proxy runs version 0.0.1", other_version),
    "refused-token": Fault("token", "refuses `CCGLM_MASTER_KEY`", refusing_proxy),
    "no-client": Fault("claude", "Claude Code is not installed", no_client),
    "mumbling-client": Fault("claude", "does not say a version", client_says("echo hello")),
    "untried-client": Fault("claude", "Claude Code 9.0.1 was never tried", client_says("echo '9.0.1 (Claude Code)'")),
    "broken-client-settings": Fault("claude-files", "line 2: not valid JSON", broken_client_settings),
    "token-in-git": Fault("claude-files", "git does not ignore", token_in_git),
    "open-client-settings": Fault("claude-files", "other users can read", open_client_settings),
    "base-url-with-v1": Fault("claude-address", "ends in `/v1`", base_url_with_v1),
    "wrong-port": Fault("claude-address", "but the proxy is at", client_variable("ANTHROPIC_BASE_URL", "http://127.0.0.1:1")),
    "project-leads-elsewhere": Fault("claude-address", "https://gateway.example", project_leads_elsewhere),
    "no-token": Fault("claude-address", "is told no `ANTHROPIC_AUTH_TOKEN`", client_variable("ANTHROPIC_AUTH_TOKEN", None)),
    "other-token": Fault("claude-address", "is not the proxy's", client_variable("ANTHROPIC_AUTH_TOKEN", "sk-ccglm-of-last-year-0001")),
    "stopped-behind-the-client": Fault("claude-address", "which is not running", stopped_behind_the_client, beside="proxy"),
    "api-key-beside-token": Fault("claude-conflicts", "`ANTHROPIC_API_KEY` is set by", client_variable("ANTHROPIC_API_KEY", "sk-ant-0123456789")),
    "login-beside-token": Fault("claude-conflicts", "`CLAUDE_CODE_OAUTH_TOKEN` is set", client_variable("CLAUDE_CODE_OAUTH_TOKEN", "sk-ant-oat-01234")),
    "key-helper": Fault("claude-conflicts", "`apiKeyHelper`", key_helper),
    "bedrock": Fault("claude-conflicts", "`CLAUDE_CODE_USE_BEDROCK` is set", client_variable("CLAUDE_CODE_USE_BEDROCK", "1")),
    "shell-overridden": Fault("claude-conflicts", "the shell sets `ANTHROPIC_MODEL`", a_variable("ANTHROPIC_MODEL", "zai/glm-4.7")),
    "opus-alone": Fault("claude-models", "without `ANTHROPIC_MODEL`", opus_alone),
    "long-context-mark": Fault("claude-models", "is `main[1m]`", client_variable("ANTHROPIC_MODEL", "main[1m]")),
    "model-nobody-has": Fault("claude-models", "no model `gpt-9`", model_nobody_has),
    "no-window": Fault("claude-window", "is not set", client_variable("CLAUDE_CODE_MAX_CONTEXT_TOKENS", None)),
    "window-too-large": Fault("claude-window", "takes 131,072 tokens", client_variable("CLAUDE_CODE_MAX_CONTEXT_TOKENS", "1000000")),
    "smaller-chain": Fault("claude-window", "takes 65,000 tokens", smaller_chain),
    "no-compacting": Fault("claude-window", "`DISABLE_AUTO_COMPACT` is set", client_variable("DISABLE_AUTO_COMPACT", "1")),
    "revoked-key": Fault("keys", "cerebras refuses the key in `CEREBRAS_API_KEY`", key_state(CEREBRAS_KEY, "revoked"), online=True),
    "unlisted-model": Fault("models", "is not on the list cerebras gives", unlisted_model, online=True),
    "no-balance": Fault("balance", "Insufficient balance", key_state(ZAI_KEY, "no_balance"), online=True),
    "unpaid": Fault("balance", "Payment required", key_state(CEREBRAS_KEY, "unpaid"), online=True),
    "expired-plan": Fault("quota", "has expired", key_state(ZAI_KEY, "plan_expired"), online=True),
    "used-up-plan": Fault("quota", "used up: Usage limit reached for 5 hour", used_up_plan, online=True),
    "unreachable": Fault("reach", "connection refused", unreachable, online=True),
    "unknown-name": Fault("reach", "the name `no-such-provider.invalid` is not known", unknown_name, online=True),
    "no-encryption": Fault("reach", "does not speak TLS there", no_encryption, online=True),
    "wrong-clock": Fault("clock", "clock is 1 h ahead", wrong_clock, online=True),
}  # fmt: skip


@pytest.fixture
def ward(
    tmp_path: Path, shared_proxy: RunningProxy, simulator: SimulatorProcess
) -> Generator[Ward]:
    bases = (simulator.cerebras_base, simulator.zai_base)
    with ExitStack() as afterwards:
        yield Ward(a_patient(tmp_path, shared_proxy.record, bases), simulator, afterwards)


def test_nothing_is_wrong_with_a_healthy_set_up(ward: Ward) -> None:
    report = ward.patient.examine(*(check.name for check in CHECKS), online=True)
    assert [(check.name, finding.what) for check, finding in report.findings] == []
    assert report.healthy
    states = {result.check.name: (result.state, result.reason) for result in report.results}
    assert {name: why for name, (state, why) in states.items() if state != "ok"} == {
        "usage-store": "no request was recorded yet",
        "port": "the proxy runs and has its port",
    }


def test_there_are_more_than_enough_faults() -> None:
    assert len(FAULTS) >= 25


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found(name: str, ward: Ward) -> None:
    fault = FAULTS[name]
    fault.plant(ward)
    report = ward.patient.examine(also=fault.check, online=fault.online)
    found = [(check.name, finding) for check, finding in report.findings]
    said = [finding.what for check, finding in found if check == fault.check]
    assert any(fault.says in what for what in said), [(c, f.what) for c, f in found]
    assert {check for check, _ in found} - {fault.beside} == {fault.check}, [
        (c, f.what) for c, f in found
    ]
    assert not any(result.state in ("crashed", "timed_out") for result in report.results)
    for _, finding in found:
        assert finding.why
        assert finding.remedy.advice
        told = " ".join((finding.what, finding.why, finding.place, *finding.remedy.commands))
        assert not any(key in told for key in KEYS)
