"""Reading the proxy's log: the last lines, the lines that are added, the level of a line.

The file is read as bytes and handed out in whole lines: a chunk may end inside a character. It may be
replaced while it is read (the proxy rotates it); reading then goes on in the new file.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Literal, get_args

from ccglm.errors import PrerequisiteError
from ccglm.files import cannot_write, make_folder, reason_of
from ccglm.text import without_colors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_BLOCK_BYTES: Final = 65_536
_LOG_MODE: Final = 0o600
FOLLOW_POLL_S: Final = 0.2

Level = Literal["debug", "info", "warning", "error", "critical"]
LEVELS: Final[tuple[Level, ...]] = get_args(Level)
# LiteLLM writes `12:00:01 - LiteLLM Proxy:ERROR: file.py:1 - text`, uvicorn `INFO:     text`, JSON logs
# `"level": "ERROR"`; all within the first part of the line.
_LEVEL: Final = re.compile(r"\b(DEBUG|INFO|WARNING|ERROR|CRITICAL)\b")
_LEVEL_WITHIN_CHARS: Final = 160
_LEVEL_NAMES: Final[tuple[str, ...]] = LEVELS


def open_for_append(path: Path) -> int:
    """Open the log for a child process to write to; return the descriptor.

    Raises:
        PrerequisiteError: The folder or the file cannot be written.
    """
    make_folder(path.parent)
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, _LOG_MODE)
    except OSError as error:
        raise cannot_write(error, path) from error


def size_of(path: Path) -> int:
    """Return how long the log is, in bytes; 0 when there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def whole_lines_size(path: Path) -> int:
    """Return where the last whole line ends, in bytes; 0 when there is none."""
    try:
        with path.open("rb") as file:
            position = file.seek(0, os.SEEK_END)
            while position > 0:
                size = min(_BLOCK_BYTES, position)
                file.seek(position - size)
                found = file.read(size).rfind(b"\n")
                if found >= 0:
                    return position - size + found + 1
                position -= size
    except FileNotFoundError:
        pass
    return 0


def last_lines(path: Path, count: int, *, start: int = 0, end: int | None = None) -> list[str]:
    """Return the last lines of the log, oldest first.

    Args:
        path: The log.
        count: How many at most.
        start: Byte position before which nothing is read.
        end: Byte position after which nothing is read; None: the end of the file.

    Returns:
        The lines without their ends; none when there is no file. A last line without an end counts: its
        writer may have died.

    Raises:
        PrerequisiteError: The file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return _decoded(_last_bytes(file, count, start, end))[-count:] if count > 0 else []
    except FileNotFoundError:
        return []
    except OSError as error:
        raise PrerequisiteError(f"cannot read `{path}`: {reason_of(error)}") from error


def _last_bytes(file: BinaryIO, count: int, start: int, end: int | None) -> bytes:
    """Return the end of a file, at least `count` lines of it, from a line's begin on."""
    position = file.seek(0, os.SEEK_END)
    if end is not None:
        position = min(position, end)
    tail = b""
    while position > start and tail.count(b"\n") <= count:
        size = min(_BLOCK_BYTES, position - start)
        position -= size
        file.seek(position)
        tail = file.read(size) + tail
    # What comes before the first line end may be the rest of a line.
    return tail if position <= start else tail.partition(b"\n")[2]


def _decoded(data: bytes) -> list[str]:
    return [_text(line) for line in data.removesuffix(b"\n").split(b"\n")] if data else []


def _text(line: bytes) -> str:
    return without_colors(line.decode(errors="replace").rstrip("\r"))


def follow(path: Path, *, start: int, wait: Callable[[float], bool]) -> Iterator[str]:
    """Yield the lines that are added to the log, whole lines only.

    Args:
        path: The log; it may not be there yet, and may be replaced by a new one.
        start: Byte position to begin at.
        wait: Waits the seconds given and says whether to end.
    """
    file: BinaryIO | None = None
    rest = b""
    try:
        while True:
            file = file or _opened(path, start)
            if file is not None:
                *lines, rest = (rest + file.read()).split(b"\n")
                yield from map(_text, lines)
                if _was_replaced(file, path):
                    file.close()
                    file, start = None, 0
                    continue
            if wait(FOLLOW_POLL_S):
                return
    finally:
        if file is not None:
            file.close()


def _opened(path: Path, start: int) -> BinaryIO | None:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return None
    file.seek(start)
    return file


def _was_replaced(file: BinaryIO, path: Path) -> bool:
    """Return whether the path leads to another file now, or to one that was cut short."""
    mine = os.fstat(file.fileno())
    try:
        now = path.stat()
    except FileNotFoundError:
        return False  # the next one is about to appear
    return (now.st_dev, now.st_ino) != (mine.st_dev, mine.st_ino) or now.st_size < file.tell()


def at_level(lines: Iterable[str], level: Level) -> Iterator[str]:
    """Yield the lines of a level or above; a line without one belongs to the line before it.

    Args:
        lines: Log lines in order.
        level: The lowest level to keep.
    """
    lowest = LEVELS.index(level)
    keep = lowest <= LEVELS.index("info")
    for line in lines:
        found = _LEVEL.search(line[:_LEVEL_WITHIN_CHARS])
        if found and not line.startswith((" ", "\t")):
            keep = _LEVEL_NAMES.index(found[1].lower()) >= lowest
        if keep:
            yield line
