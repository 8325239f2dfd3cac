"""`bring_up` gives a proxy that answers, or an error with nothing left running."""

import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from ccglm.errors import CcglmError, PrerequisiteError, ProxyUnavailable, SettingsError
from ccglm.proxy.ports import free_port
from ccglm.proxy.processes import command_line, live_members
from ccglm.proxy.run_record import read_run_record
from ccglm.proxy.signals import StopRequest
from ccglm.proxy.start_lock import start_lock
from ccglm.proxy.up import Up, UpRequest, bring_up
from tests.helpers.homes import CEREBRAS_KEY, MASTER_KEY, a_home
from tests.helpers.launches import STAND_IN

DUMPING = "import os, json, sys; open(os.environ['HOME'] + '/dump.json', 'w').write(json.dumps(dict(os.environ)));"


class Bench:
    """Brings proxies up in a home and stops them at the end."""

    def __init__(self, folder: Path) -> None:
        self.home = a_home(folder)
        self.stack = ExitStack()
        self.told: list[str] = []

    def request(self, **changes: object) -> UpRequest:
        request = UpRequest(
            paths=self.home.paths,
            record_path=self.home.paths.run_record,
            environment={"PATH": os.environ["PATH"], "HOME": str(self.home.folder)},
            port=free_port("127.0.0.1"),
            command=(sys.executable, str(STAND_IN)),
        )
        return replace(request, **changes)  # pyright: ignore[reportArgumentType]

    def up(self, **changes: object) -> Up:
        started = bring_up(self.request(**changes), stop=StopRequest(), tell=self.told.append)
        self.stack.callback(started.stop)
        return started


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    with bench.stack:
        yield bench


def test_a_proxy_is_brought_up_from_the_settings(bench: Bench) -> None:
    up = bench.up(detached=True)
    paths = bench.home.paths
    assert up.running is not None
    assert read_run_record(paths.run_record) == up.record
    assert up.record.paths == paths
    assert (up.record.detached, up.record.simulator_pid) == (True, None)
    assert up.chains == {
        "main": ["cerebras/gpt-oss-120b", "zai/glm-4.7"],
        "fast": ["zai/glm-4.5-air"],
    }
    assert bench.told[:2] == ["checking the settings", "starting LiteLLM"]
    assert json.loads(paths.hook_settings.read_text())["usage_db_path"] == str(paths.usage_db)


def test_the_child_is_told_what_it_needs(bench: Bench) -> None:
    wrapper = bench.home.folder / "wrapper.py"
    wrapper.write_text(
        f"{DUMPING} import runpy; runpy.run_path({str(STAND_IN)!r}, run_name='__main__')"
    )
    up = bench.up(command=(sys.executable, str(wrapper)))
    seen = json.loads((bench.home.folder / "dump.json").read_text())
    paths = bench.home.paths
    assert seen["CEREBRAS_API_KEY"] == CEREBRAS_KEY
    assert seen["CCGLM_MASTER_KEY"] == MASTER_KEY
    assert seen["CCGLM_HOOK_SETTINGS"] == str(paths.hook_settings)
    assert seen["CCGLM_RUN_ID"] == up.record.run_id
    assert seen["CCGLM_LOG_LEVEL"] == "info"
    assert (seen["CCGLM_LOG_PATH"], seen["CCGLM_LOG_MAX_BYTES"], seen["CCGLM_LOG_RETENTION_DAYS"]) == (
        str(paths.proxy_log), "10000000", "14",
    )  # fmt: skip


def test_a_second_up_finds_the_first(bench: Bench) -> None:
    first = bench.up()
    again = bench.up(port=None)
    assert again.running is None
    assert again.record == first.record
    assert again.chains == first.chains
    assert (again.notes, again.cautions) == ((), ())


def test_changed_settings_are_noticed_by_a_second_up(bench: Bench) -> None:
    bench.up()
    a_home(
        bench.home.folder,
        models={"main": ["zai/glm-4.7"]},
        providers={"zai": {"keys": ["ZAI_API_KEY"]}},
    )
    (note,) = bench.up(port="auto").cautions
    assert "settings changed" in note


def test_a_second_up_on_another_port_is_refused(bench: Bench) -> None:
    first = bench.up()
    with pytest.raises(
        ProxyUnavailable, match=f"runs already, on port {first.record.port}"
    ) as caught:
        bench.up()
    assert "ccglm down" in str(caught.value.hint)


def test_a_taken_port_is_refused_with_its_holder(bench: Bench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(
            ProxyUnavailable, match=f"port {port} is already in use by process {os.getpid()}"
        ):
            bench.up(port=port)
    assert not bench.home.paths.run_record.exists()
    assert not bench.home.paths.proxy_config.exists()


def test_any_free_port_can_be_asked_for(bench: Bench) -> None:
    up = bench.up(port="auto")
    assert up.notes == (f"port {up.record.port} is free and was chosen",)


def test_the_settings_port_is_yielded_only_when_allowed(bench: Bench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        a_home(bench.home.folder, server={"port": port})
        with pytest.raises(ProxyUnavailable, match="already in use"):
            bench.up(port=None)
        up = bench.up(port=None, yields_port=True)
    assert up.record.port != port
    assert f"port {port} is taken" in up.notes[0]


@pytest.mark.parametrize(
    ("break_it", "kind"),
    [
        (lambda home: home.paths.settings.write_text("models: ["), SettingsError),
        (lambda home: home.paths.settings.unlink(), SettingsError),
        (lambda home: home.paths.secrets.write_text(f"CCGLM_MASTER_KEY={MASTER_KEY}"), PrerequisiteError),
        (lambda home: home.paths.state.write_text("a file in its place"), PrerequisiteError),
    ],
)  # fmt: skip
def test_what_cannot_work_is_refused_before_anything_is_written(
    break_it: object, kind: type[CcglmError], bench: Bench
) -> None:
    assert callable(break_it)
    break_it(bench.home)
    before = sorted(bench.home.folder.iterdir())
    with pytest.raises(kind):
        bench.up()
    assert sorted(bench.home.folder.iterdir()) == before


def test_a_proxy_that_does_not_start_leaves_nothing(bench: Bench) -> None:
    with pytest.raises(ProxyUnavailable, match="while it was starting") as caught:
        bench.up(command=(sys.executable, "-c", "raise SystemExit('no luck')"))
    assert caught.value.details == ("no luck",)
    assert not bench.home.paths.run_record.exists()


def test_a_start_meanwhile_is_refused(bench: Bench) -> None:
    with (
        start_lock(bench.home.paths.run_record.with_name("up.lock")),
        pytest.raises(ProxyUnavailable, match="another `ccglm up`"),
    ):
        bench.up()


def test_the_demo_has_providers_settings_and_state_of_its_own(bench: Bench) -> None:
    bench.home.paths.settings.write_text("not: [read")
    up = bench.up(demo=True, port=None)
    assert up.demo is not None
    assert up.record.simulator_pid == up.demo.pid
    assert up.record.paths.state == bench.home.paths.state / "demo"
    assert up.chains["main"] == ["cerebras/zai-glm-4.7", "zai/glm-4.7"]
    assert read_run_record(bench.home.paths.run_record) == up.record
    assert bench.up(demo=True, port=None).record == up.record
    up.stop()
    assert live_members(up.demo.pid) == []
    assert live_members(up.record.pid) == []


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes through /proc")
def test_a_demo_that_does_not_start_leaves_no_simulator(bench: Bench) -> None:
    with pytest.raises(ProxyUnavailable):
        bench.up(demo=True, port=None, command=(sys.executable, "-c", "raise SystemExit(1)"))
    assert not [pid for pid in simulators() if str(bench.home.folder) in cwd_of(pid)]


def simulators() -> list[int]:
    pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [pid for pid in pids if "simulate" in command_line(pid)]


def cwd_of(pid: int) -> str:
    try:
        return str(Path(f"/proc/{pid}/cwd").readlink())
    except OSError:
        return ""
