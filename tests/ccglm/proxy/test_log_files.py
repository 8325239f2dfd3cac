"""Logs are read in whole lines, whatever the bytes are."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ccglm.errors import PrerequisiteError
from ccglm.proxy.log_files import (
    Level,
    at_level,
    follow,
    last_lines,
    open_for_append,
    size_of,
    whole_lines_size,
)

LINES = st.lists(
    st.text(
        alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\n\r"), max_size=200
    )
)


def test_the_log_is_the_owners_alone_and_only_grows(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "proxy.log"
    for text in (b"one\n", b"two\n"):
        descriptor = open_for_append(path)
        os.write(descriptor, text)
        os.close(descriptor)
    assert path.read_bytes() == b"one\ntwo\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert size_of(path) == 8
    assert size_of(tmp_path / "none") == 0


def test_a_log_that_cannot_be_opened_is_reported(tmp_path: Path) -> None:
    (tmp_path / "proxy.log").mkdir()
    with pytest.raises(PrerequisiteError, match="is a directory"):
        open_for_append(tmp_path / "proxy.log")
    with pytest.raises(PrerequisiteError, match="is a directory"):
        last_lines(tmp_path, 3)


@given(LINES, st.integers(0, 30), st.booleans())
def test_the_last_lines_are_the_last_lines(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], count: int, ended: bool
) -> None:
    path = tmp_path_factory.mktemp("log") / "proxy.log"
    text = "\n".join(lines) + ("\n" if ended and lines else "")
    path.write_text(text, encoding="utf-8", newline="")
    assume("\x1b" not in text)  # colour is taken out of a log's lines: tested below
    expected = text.removesuffix("\n").split("\n") if text else []
    assert last_lines(path, count) == (expected[-count:] if count else [])


def test_a_long_log_is_read_from_its_end(tmp_path: Path) -> None:
    path = tmp_path / "proxy.log"
    path.write_text("".join(f"{n} {'x' * 100}é\n" for n in range(5000)), encoding="utf-8")
    assert [line.split()[0] for line in last_lines(path, 3)] == ["4997", "4998", "4999"]
    assert len(last_lines(path, 4000)) == 4000


def test_a_line_without_an_end_can_be_left_out(tmp_path: Path) -> None:
    path = tmp_path / "proxy.log"
    path.write_text("one\ntwo\nthr")
    assert whole_lines_size(path) == 8
    assert last_lines(path, 10, end=8) == ["one", "two"]
    path.write_bytes(b"a\n" + b"x" * 200_000)
    assert whole_lines_size(path) == 2
    path.write_text("no end")
    assert whole_lines_size(path) == 0
    assert whole_lines_size(tmp_path / "none") == 0


def test_nothing_before_the_start_is_read(tmp_path: Path) -> None:
    path = tmp_path / "proxy.log"
    path.write_text("old\nold\nnew\n")
    assert last_lines(path, 10, start=8) == ["new"]


def test_bytes_that_are_no_text_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "proxy.log"
    path.write_bytes(b"\x1b[32mok\x1b[0m\n\xff\xfe\r\nrest \xc3")
    assert last_lines(path, 10) == ["ok", "\ufffd\ufffd", "rest \ufffd"]


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def test_following_gives_whole_lines_through_a_rotation(tmp_path: Path) -> None:
    path = tmp_path / "proxy.log"
    steps = iter([
        lambda: path.write_bytes(b"skipped\none\ntw"),
        lambda: append(path, b"o \xc3"),
        lambda: append(path, b"\xa9\nthree\n"),
        lambda: path.rename(tmp_path / "proxy.log.1") and path.write_bytes(b"four\n"),
        lambda: path.write_bytes(b"5\n"),
    ])  # fmt: skip

    def wait(_seconds: float) -> bool:
        step = next(steps, None)
        if step is None:
            return True
        step()
        return False

    assert list(follow(path, start=8, wait=wait)) == ["one", "two é", "three", "four", "5"]


@pytest.mark.parametrize(
    ("level", "kept"),
    [
        ("debug", "dbg info cont warn err tb tb2 crit"),
        ("info", "info cont warn err tb tb2 crit"),
        ("warning", "warn err tb tb2 crit"),
        ("error", "err tb tb2 crit"),
        ("critical", "crit"),
    ],
)
def test_a_level_keeps_what_belongs_to_it(level: Level, kept: str) -> None:
    lines = {
        "dbg": "12:00:00 - LiteLLM:DEBUG: utils.py:1 - x",
        "info": "INFO:     127.0.0.1:1 - GET / 200",
        "cont": "a line without a level",
        "warn": '{"message": "x", "level": "WARNING"}',
        "err": "12:00:01 - LiteLLM Proxy:ERROR: server.py:2 - y",
        "tb": "Traceback (most recent call last):",
        "tb2": "    raise INFO(x)",
        "crit": "CRITICAL: z",
    }
    got = list(at_level(lines.values(), level))
    assert got == [lines[name] for name in kept.split()]
