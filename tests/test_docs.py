"""What the documents say is true: commands, exit codes, variables, targets, links."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from ccglm import __version__
from ccglm.cli import COMMANDS, app
from ccglm.exit_codes import ExitCode

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted(
    path.relative_to(ROOT) for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
)
README = (ROOT / "README.md").read_text()


def commands_in(text: str) -> set[str]:
    """Return the `ccglm ...` commands in inline code and shell blocks, without arguments in capitals."""
    inline = re.findall(r"`(ccglm [^`]+)`", text)
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("ccglm ")]
    return {command.strip() for command in (*inline, *lines)}


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_command_exists_with_its_options(document: Path) -> None:
    for command in commands_in((ROOT / document).read_text()):
        words = command.split(" -- ")[0].split()[1:]
        name = words[0]
        if name.startswith("-"):
            continue
        assert name in COMMANDS, f"{document}: {command}"
        group = [word for word in words[1:2] if re.fullmatch(r"show|schema|explain", word)]
        shown = CliRunner().invoke(app, [name, *group, "--help"], env={"COLUMNS": "200"})
        assert shown.exit_code == 0
        for option in (word for word in words if word.startswith("--")):
            assert option.split("=")[0] in shown.output, f"{document}: {command}: no {option}"


def test_the_readme_lists_every_command() -> None:
    named = {command.split()[1] for command in commands_in(README)}
    assert set(COMMANDS) <= named


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_make_target_and_script_exists(document: Path) -> None:
    text = (ROOT / document).read_text()
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"{document}: make {target}"
    for script in re.findall(r"scripts/[\w/]+\.(?:py|sh)", text):
        assert (ROOT / script).exists(), f"{document}: {script}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", (ROOT / document).read_text()):
        if not link.startswith(("http://", "https://", "mailto:")):
            assert (ROOT / document.parent / link).exists(), f"{document}: {link}"


def test_the_readme_names_every_exit_code() -> None:
    sentence = README[README.index("Exit codes:") :].split("\n\n")[0]
    assert {int(code) for code in re.findall(r"\b(\d+) [a-z]", sentence)} == {*map(int, ExitCode)}


def test_the_settings_in_the_readme_are_valid(tmp_path: Path) -> None:
    from litellm_config.load import load_settings

    (text,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert yaml.safe_load(text)["models"]["main"]
    path = tmp_path / "ccglm.yaml"
    path.write_text(text)
    master_key = "sk-ccglm-" + "5a3c" * 16
    secrets = {
        "CEREBRAS_API_KEY": "a" * 20,
        "ZAI_API_KEY": "b" * 20,
        "CCGLM_MASTER_KEY": master_key,
    }
    loaded = load_settings(path, {}, secrets)
    assert [str(problem) for problem in loaded.problems if problem.severity == "error"] == []


def test_the_example_env_names_every_variable_a_user_sets() -> None:
    example = (ROOT / ".env.example").read_text()
    named = set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", example, re.MULTILINE))
    # Variables that ccglm itself hands to its child processes; nobody sets them by hand.
    internal = {
        "CCGLM_HOOK_SETTINGS", "CCGLM_RUN_ID", "CCGLM_LOG_PATH", "CCGLM_LOG_MAX_BYTES",
        "CCGLM_LOG_RETENTION_DAYS", "CCGLM_LOG_LEVEL",
    }  # fmt: skip
    used: set[str] = set()
    for package in ("ccglm", "litellm_config", "callbacks"):
        for path in (ROOT / package).rglob("*.py"):
            used |= set(re.findall(r"\bCCGLM_[A-Z_]+\b", path.read_text()))
    assert {name for name in used if not name.endswith("_")} - internal <= named
    assert {"CEREBRAS_API_KEY", "ZAI_API_KEY", "CEREBRAS_API_BASE", "ZAI_API_BASE"} <= named


def test_the_changelog_has_this_version() -> None:
    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text()


def test_help_is_there_without_loading_the_heavy_packages() -> None:
    code = (
        "import sys; sys.argv = ['ccglm', '--help']\n"
        "from ccglm.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'litellm', 'httpx', 'pydantic', 'yaml', 'rich.console', 'starlette'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "[]"
