"""Which settings hold for Claude Code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ccglm.doctor.client_settings import SHELL, ClientSettings, read_client_settings


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "work" / ".claude").mkdir(parents=True)
    (tmp_path / "home" / ".claude").mkdir(parents=True)
    return tmp_path


def write(path: Path, **document: Any) -> None:
    path.write_text(json.dumps(document))


def read(place: Path, **variables: str) -> ClientSettings:
    return read_client_settings({"HOME": str(place / "home"), **variables}, place / "work")


def test_local_wins_over_project_over_user_over_shell(place: Path) -> None:
    order = [
        ("the shell", None),
        ("user", place / "home" / ".claude" / "settings.json"),
        ("project", place / "work" / ".claude" / "settings.json"),
        ("local", place / "work" / ".claude" / "settings.local.json"),
    ]
    for number, (name, path) in enumerate(order):
        if path:
            write(path, env={"X": str(number)}, model=f"m{number}")
        told = read(place, X="0").told("X")
        assert told is not None
        assert (told.value, told.source.name) == (str(number), name)
        assert str(path or SHELL) in told.source.describe()
    chosen = read(place).key("model")
    assert chosen is not None
    assert chosen.value == "m3"


def test_an_empty_value_unsets_what_is_set_elsewhere(place: Path) -> None:
    write(place / "home" / ".claude" / "settings.json", env={"ANTHROPIC_API_KEY": ""})
    client = read(place, ANTHROPIC_API_KEY="sk-1")
    assert client.told("ANTHROPIC_API_KEY") is None
    assert client.value("ANTHROPIC_API_KEY") == ""
    assert list(client.overridden()) == []


def test_only_another_value_of_a_file_overrides_the_shell(place: Path) -> None:
    write(place / "home" / ".claude" / "settings.json", env={"A": "1", "B": "2"})
    overridden = list(read(place, A="1", B="1", C="1").overridden())
    assert [(name, told.value) for name, told in overridden] == [("B", "2")]


def test_the_users_folder_can_be_moved(place: Path) -> None:
    moved = place / "moved"
    moved.mkdir()
    write(moved / "settings.json", env={"X": "moved"})
    write(place / "home" / ".claude" / "settings.json", env={"X": "not read"})
    assert read(place, CLAUDE_CONFIG_DIR=str(moved)).value("X") == "moved"


@pytest.mark.parametrize("text", ["{", "[]", "3", '{"a":1,"a":2}'])
def test_a_file_that_is_no_object_is_left_out_and_named(text: str, place: Path) -> None:
    path = place / "work" / ".claude" / "settings.json"
    path.write_text(text)
    client = read(place)
    assert [bad.path for bad in client.unreadable] == [path]
    assert client.unreadable[0].reason
    assert [source.name for source in client.sources] == [SHELL]


def test_a_file_that_is_no_text_is_left_out_too(place: Path) -> None:
    path = place / "work" / ".claude" / "settings.json"
    path.write_bytes(b"\xff\xfe\x00")
    assert "is not UTF-8 text" in read(place).unreadable[0].reason


def test_odd_shapes_are_no_variables(place: Path) -> None:
    path = place / "work" / ".claude" / "settings.json"
    write(path, env=["x"])
    assert read(place).value("x") == ""
    write(path, env={"A": 1, "B": None, "C": {"d": 1}}, model=3)
    client = read(place)
    assert (client.value("A"), client.value("B"), client.value("C")) == ("1", "", "")
    assert client.key("model") is None


def test_every_file_that_would_be_read_is_named(place: Path) -> None:
    names = [path.name for path in read(place).searched]
    assert names == ["settings.json", "settings.json", "settings.local.json", "managed-settings.json"]  # fmt: skip
