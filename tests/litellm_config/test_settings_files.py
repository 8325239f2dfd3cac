from pathlib import Path

import pytest

from litellm_config.findings import Findings
from litellm_config.settings_files import with_files
from tests.litellm_config.builders import settings_with


def test_files_are_read_relative_to_the_settings(tmp_path: Path) -> None:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "glm.txt").write_text("  Be brief. ü\n", encoding="utf-8")
    (tmp_path / "rules.py").write_text("def choose(request): return None\n")
    settings = settings_with(
        prompt={"prefix": "file:prompts/glm.txt", "per_model": {"fast": "file: prompts/glm.txt"}},
        routes={"custom": "rules.py:choose", "think": "main"},
    )
    findings = Findings("f")
    changed = with_files(settings, tmp_path, findings)
    assert changed.prompt.prefix == "Be brief. ü"
    assert changed.prompt.per_model == {"fast": "Be brief. ü"}
    assert changed.routes.custom == f"{tmp_path / 'rules.py'}:choose"
    assert changed.routes.think == "main"
    assert findings.problems == []


def test_settings_without_files_stay_as_they_are(tmp_path: Path) -> None:
    findings = Findings("f")
    assert with_files(settings_with(), tmp_path, findings) == settings_with()
    assert findings.problems == []


@pytest.mark.parametrize(
    ("prefix", "message"),
    [
        ("file:none.txt", "the file `none.txt` cannot be read: no such file or directory"),
        ("file:.", "the file `.` cannot be read: is a directory"),
        ("file:latin.txt", "the file `latin.txt` is not UTF-8 text"),
        ("file:empty.txt", "the file `empty.txt` is empty; `none` means no prefix"),
        ("file:a\0b", "cannot be read: is not a path"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path, prefix: str, message: str) -> None:
    (tmp_path / "latin.txt").write_bytes(b"\xff\xfe\xfa")
    (tmp_path / "empty.txt").write_text("\n")
    findings = Findings("f")
    with_files(settings_with(prompt={"prefix": prefix}), tmp_path, findings)
    assert len(findings.problems) == 1
    assert message in str(findings.problems[0])


def test_a_rule_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    findings = Findings("f")
    with_files(settings_with(routes={"custom": "rules.py:choose"}), tmp_path, findings)
    assert str(findings.problems[0]) == "f  routes.custom  there is no file `rules.py`"


def test_a_rule_that_is_written_wrong_is_left_to_the_checks(tmp_path: Path) -> None:
    findings = Findings("f")
    changed = with_files(settings_with(routes={"custom": "rules"}), tmp_path, findings)
    assert (changed.routes.custom, findings.problems) == ("rules", [])
