"""The built wheel works in an empty environment, outside the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import UV_CACHE

ROOT = Path(__file__).resolve().parent.parent
UV = Path(sys.executable).with_name("uv")

pytestmark = [pytest.mark.wheel, pytest.mark.timeout(600)]


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command that must succeed, without this checkout on any path; return its stdout."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "COVERAGE"))}
    environment["UV_CACHE_DIR"] = str(UV_CACHE)
    done = subprocess.run(
        [str(part) for part in command],
        check=False,
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"{command}: {done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    run(UV, "build", "--wheel", "--quiet", "--out-dir", out, ROOT, cwd=out)
    return next(out.glob("*.whl"))


def test_the_wheel_ships_the_three_packages_and_their_data(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names if not name.startswith("ccglm-")}
    assert tops == {"ccglm", "litellm_config", "callbacks"}
    assert "litellm_config/data/models.yaml" in names
    assert not [name for name in names if "__pycache__" in name or "/tests/" in name]


def test_help_and_demo_run_from_the_wheel(wheel: Path, tmp_path: Path) -> None:
    run(UV, "venv", "--quiet", "--python", sys.executable, tmp_path / "env", cwd=tmp_path)
    python = tmp_path / "env/bin/python"
    # The locked versions: what users of the lock get, and already in the cache.
    locked = tmp_path / "locked.txt"
    run(
        UV, "export", "--quiet", "--locked", "--no-default-groups", "--no-emit-project", "--no-hashes",
        "--project", ROOT, "-o", locked, cwd=tmp_path,
    )  # fmt: skip
    run(
        UV, "pip", "install", "--quiet", "--compile-bytecode", "--python", python, "-r", locked, wheel,
        cwd=tmp_path,
    )  # fmt: skip
    ccglm = tmp_path / "env/bin/ccglm"
    assert "demo" in run(ccglm, "--help", cwd=tmp_path)
    shown = run(ccglm, "demo", cwd=tmp_path)
    assert "cerebras/" in shown
    assert "zai/" in shown
