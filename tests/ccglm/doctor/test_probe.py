"""What the proxy's Python says of itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import ccglm
from ccglm.doctor import probe
from ccglm.proxy.generated import write_generated
from ccglm.proxy.prepare import prepare
from tests.helpers.homes import a_home

ROOT = Path(ccglm.__file__).resolve().parents[1]


def run(*arguments: str, **variables: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "ccglm.doctor.probe", *arguments],
        capture_output=True, text=True, check=True, env={"PATH": "/usr/bin:/bin", "LITELLM_LOCAL_MODEL_COST_MAP": "True", **variables},
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def test_packages_come_from_one_place() -> None:
    document = run("packages")
    ours = {name: Path(document["folders"][name]) for name in ("ccglm", "litellm_config", "callbacks")}  # fmt: skip
    assert ours == {name: ROOT / name for name in ours}
    assert document["litellm"].startswith("1.")


def test_packages_that_are_not_there_are_null(tmp_path: Path) -> None:
    (tmp_path / "callbacks.py").write_text("")
    document = run("packages", PYTHONPATH=str(tmp_path))
    assert document["folders"]["callbacks"] == str(tmp_path)


def test_looking_at_packages_imports_none_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert probe.main(["packages"]) == 0
    document = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert document == {"folders": probe.folders(), "litellm": probe.litellm_version()}
    code = (
        "import sys; from ccglm.doctor import probe; probe.main(['packages']); "
        "print({name.partition('.')[0] for name in sys.modules} & {'litellm', 'callbacks'})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"


def test_the_installed_litellm_fits_and_takes_the_config(tmp_path: Path) -> None:
    home = a_home(tmp_path)
    write_generated(prepare(home.paths, {}), home.paths)
    assert run("seam", str(home.paths.proxy_config)) == {"seam": [], "config": []}


STUB_SEAM = """
class AnthropicMessagesConfig:
    def kept(self): pass
class AsyncHTTPHandler: pass
def overriding(function):
    function.__override__ = True
    return function
class DialectConfig(AnthropicMessagesConfig):
    @overriding
    def kept(self): pass
    @property
    @overriding
    def gone(self): pass
    def ours(self): pass
class DialectClient(AsyncHTTPHandler):
    @overriding
    def post(self): pass
class ProviderConfigManager:
    def get_provider_anthropic_messages_config(name): pass
def install(): INSTALL
"""


def seam_of(folder: Path, install: str) -> list[str]:
    package = folder / "callbacks"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "litellm_seam.py").write_text(STUB_SEAM.replace("INSTALL", install))
    return run("seam", PYTHONPATH=str(folder))["seam"]


def test_everything_that_is_gone_is_named(tmp_path: Path) -> None:
    assert seam_of(tmp_path, "pass") == [
        "LiteLLM's `AnthropicMessagesConfig` has no `gone` any more",
        "LiteLLM's `AsyncHTTPHandler` has no `post` any more",
        "LiteLLM asks for a provider's dialect in another way than it did",
        "LiteLLM does not ask our dialects",
    ]


def test_dialects_that_cannot_be_registered_are_told(tmp_path: Path) -> None:
    problems = seam_of(tmp_path, "raise TypeError('moved')")
    assert problems[-1] == "our dialects cannot be registered: moved"


def test_a_config_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    (problem,) = probe.config_problems(tmp_path / "none.yaml")
    assert problem.startswith("LiteLLM cannot read it: ")
