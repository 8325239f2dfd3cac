"""The list of checks: each has a name, a question, a limit."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import ccglm.doctor
from ccglm.cli import COMMANDS, app
from ccglm.doctor.checks import CHECKS
from ccglm.doctor.model import Check

SOURCES = sorted(Path(ccglm.doctor.__file__).parent.glob("*.py"))


def test_names_are_unique() -> None:
    names = [check.name for check in CHECKS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_check_is_described(check: Check) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", check.name)
    assert check.title
    assert not check.title.endswith((".", "?"))
    assert check.title[0].islower()
    assert 0 < check.timeout_s <= 90
    assert check.examine.__doc__


def test_online_checks_come_last() -> None:
    online = [check.online for check in CHECKS]
    assert online == sorted(online)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_every_command_in_a_remedy_exists(source: Path) -> None:
    for command in re.findall(r"""["`](ccglm [a-z][^"`]*)["`]""", source.read_text()):
        words = command.split()[1:]
        assert words[0] in COMMANDS, command
        group = [word for word in words[1:2] if word in ("show", "schema")]
        shown = CliRunner().invoke(app, [words[0], *group, "--help"], env={"COLUMNS": "200"})
        for option in (word for word in words if word.startswith("-")):
            assert option in shown.output, command
