from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from ccglm.claude.git_check import may_be_committed

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    return folder


def test_a_file_of_a_repository_may_be_committed_unless_git_ignores_it(repository: Path) -> None:
    token_file = repository / ".claude" / "settings.local.json"
    assert may_be_committed(token_file)
    (repository / ".gitignore").write_text(".claude/settings.local.json\n")
    assert not may_be_committed(token_file)


def test_outside_a_repository_nothing_is_committed(tmp_path: Path) -> None:
    assert not may_be_committed(tmp_path / ".claude" / "settings.json")


def test_without_git_nothing_is_committed(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert not may_be_committed(repository / "settings.json")
