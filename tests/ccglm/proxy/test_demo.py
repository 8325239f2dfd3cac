"""The simulated providers are there, marked as ours, and gone when told."""

import http.client
import json
import os
import stat
from pathlib import Path

import pytest

from ccglm.dotenv_file import read_dotenv
from ccglm.errors import PrerequisiteError
from ccglm.proxy.demo import new_master_key, start_demo
from ccglm.proxy.prepare import prepare
from ccglm.proxy.processes import carries, live_members


def test_a_proxy_can_be_prepared_from_it(tmp_path: Path) -> None:
    user = {
        "PATH": os.environ["PATH"], "CEREBRAS_API_BASE": "https://api.cerebras.ai/v1", "ZAI_API_KEY": "a-real-key",
        "CCGLM_MASTER_KEY": "sk-mine-and-only-mine-1",
    }  # fmt: skip
    demo = start_demo(tmp_path / "demo", user, "run-7", rpm=10)
    try:
        prepared = prepare(demo.paths, demo.environment)
        variables = read_dotenv(demo.paths.secrets)
        assert carries(demo.pid, "CCGLM_RUN_ID=run-7")
        assert prepared.variables["ZAI_API_KEY"] == "simulated-zai-key"
        assert prepared.config_text.count(variables["CEREBRAS_API_BASE"]) == 2
        assert "api.cerebras.ai" not in prepared.config_text
        assert stat.S_IMODE(demo.paths.secrets.stat().st_mode) == 0o600
        assert models_at(variables["CEREBRAS_API_BASE"]) >= {"zai-glm-4.7"}
        assert knobs_at(demo.control)["cerebras_rpm"] == 10
    finally:
        demo.stop()
    demo.stop()
    assert live_members(demo.pid) == []


def get(url: str, path: str) -> dict[str, object]:
    host, _, prefix = url.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host, timeout=10)
    connection.request(
        "GET", f"/{prefix}{path}" if prefix else path, headers={"Authorization": "Bearer x-key"}
    )
    document = json.loads(connection.getresponse().read())
    connection.close()
    return document


def models_at(base: str) -> set[str]:
    entries = get(base, "/models")["data"]
    assert isinstance(entries, list)
    return {str(entry["id"]) for entry in entries}


def knobs_at(control: str) -> dict[str, object]:
    return get(control, "/__ctl/knobs")


def test_a_folder_that_takes_nothing_leaves_nothing_running(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PrerequisiteError, match="cannot write"):
        start_demo(tmp_path / "file" / "demo", {}, "run")


def test_a_simulator_that_does_not_start_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ccglm.proxy.demo._MODELS", "no-such-models")
    with pytest.raises(PrerequisiteError, match="the simulator did not start") as caught:
        start_demo(tmp_path / "demo", {"PATH": os.environ["PATH"]}, "run")
    assert any("no-such-models" in line or "model_set" in line for line in caught.value.details)


def test_a_master_key_is_32_random_bytes() -> None:
    first, second = new_master_key(), new_master_key()
    assert first != second
    assert len(bytes.fromhex(first.removeprefix("sk-ccglm-"))) == 32
