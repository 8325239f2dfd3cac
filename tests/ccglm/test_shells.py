from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccglm.shells import Shell, assignment, detect_shell, quote, removal

_VALUES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60)


def _value_after_eval(command: list[str], code: str) -> str:
    finished = subprocess.run(
        [*command, code], capture_output=True, check=True, env={"PATH": "/usr/bin:/bin"}
    )
    return finished.stdout.decode().removesuffix("|")


@settings(max_examples=40, deadline=None)
@given(_VALUES)
def test_sh_gives_back_every_value_unchanged(value: str) -> None:
    code = assignment(Shell.SH, "VALUE", value) + ' printf "%s|" "$VALUE"'
    assert _value_after_eval(["sh", "-c"], code) == value


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
@settings(max_examples=20, deadline=None)
@given(_VALUES)
def test_fish_gives_back_every_value_unchanged(value: str) -> None:
    code = assignment(Shell.FISH, "VALUE", value) + ' printf "%s|" "$VALUE"'
    assert _value_after_eval(["fish", "--no-config", "-c"], code) == value


@given(_VALUES)
def test_a_fish_word_is_one_literal_string(value: str) -> None:
    word = quote(Shell.FISH, value)
    assert word[0] == word[-1] == "'"
    read: list[str] = []
    inner = iter(word[1:-1])
    for char in inner:
        assert char != "'", "a bare quote would end the string"
        read.append(next(inner) if char == "\\" else char)
    assert "".join(read) == value


@given(_VALUES)
def test_a_powershell_word_is_one_literal_string(value: str) -> None:
    word = quote(Shell.POWERSHELL, value)
    assert word[0] == word[-1] == "'"
    read: list[str] = []
    inner = iter(word[1:-1])
    for char in inner:
        if char in "'\u2018\u2019\u201a\u201b":
            assert next(inner) == char, "a single quote would end the string"
        read.append(char)
    assert "".join(read) == value


def test_statements_are_as_each_shell_wants_them() -> None:
    assert assignment(Shell.SH, "A", "it's $HOME") == "export A='it'\\''s $HOME';"
    assert assignment(Shell.FISH, "A", "it's \\n") == "set -gx A 'it\\'s \\\\n';"
    assert assignment(Shell.POWERSHELL, "A", "it's") == "$env:A = 'it''s';"
    assert removal(Shell.SH, "A") == "unset A;"
    assert removal(Shell.FISH, "A") == "set -e A;"
    assert removal(Shell.POWERSHELL, "A") == "Remove-Item Env:A -ErrorAction SilentlyContinue;"


def test_a_nul_character_is_refused() -> None:
    with pytest.raises(ValueError, match="NUL"):
        quote(Shell.SH, "a\0b")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, Shell.SH),
        ({"SHELL": "/bin/zsh"}, Shell.SH),
        ({"SHELL": "/usr/local/bin/fish"}, Shell.FISH),
        ({"SHELL": "/usr/bin/pwsh"}, Shell.POWERSHELL),
        ({"PSModulePath": "C:\\modules"}, Shell.POWERSHELL),
        ({"SHELL": "/usr/bin/bash", "PSModulePath": "C:\\modules"}, Shell.SH),
    ],
)
def test_the_shell_is_guessed_from_the_environment(
    environment: dict[str, str], expected: Shell
) -> None:
    assert detect_shell(environment) is expected
