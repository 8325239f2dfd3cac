"""Text streams that remember what was written and claim to be a terminal when told to."""

from __future__ import annotations

import io

from typing_extensions import override


class TextStream(io.StringIO):
    """A stream in memory."""

    def __init__(self, *, terminal: bool = False, encoding: str = "utf-8") -> None:
        super().__init__()
        self._terminal = terminal
        self._encoding = encoding

    @override
    def isatty(self) -> bool:
        return self._terminal

    @property
    @override
    def encoding(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self._encoding
