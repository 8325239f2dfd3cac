"""Valid settings are told in one line, with what they amount to."""

from pathlib import Path

from ccglm.proxy.prepare import prepare
from ccglm.proxy.validation import validation_view
from litellm_config.problems import Problem
from tests.helpers.homes import a_home


def test_the_chains_are_told(tmp_path: Path) -> None:
    home = a_home(tmp_path)
    view = validation_view(prepare(home.paths, {}), home.paths, [])
    assert view.data["chains"] == {
        "main": ["cerebras/gpt-oss-120b", "zai/glm-4.7"], "fast": ["zai/glm-4.5-air"],
    }  # fmt: skip
    (line,) = view.blocks
    assert isinstance(line, str)
    assert line.startswith(f"`{home.paths.settings}` is valid (")
    assert "main: cerebras/gpt-oss-120b, then zai/glm-4.7" in line


def test_what_the_providers_said_is_in_the_document(tmp_path: Path) -> None:
    home = a_home(tmp_path)
    found = Problem("ccglm.yaml", 3, "models.main[0]", "is not on the list", "warning")
    view = validation_view(prepare(home.paths, {}), home.paths, [found])
    assert view.data["problems"] == [
        {
            "file": "ccglm.yaml", "line": 3, "key": "models.main[0]", "message": "is not on the list",
            "severity": "warning",
        }
    ]  # fmt: skip
