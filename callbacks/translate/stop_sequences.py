"""Stop sequences that the provider does not enforce, or does not name."""

from __future__ import annotations

import re
from collections.abc import Sequence

_CLOSING_TAG = re.compile(r"\s*</([A-Za-z][\w:-]*)>\s*")


class StopMatcher:
    """Watch a text that arrives in pieces for the first of several sequences.

    Attributes:
        found: The sequence that ended the text, None so far.
    """

    def __init__(self, sequences: Sequence[str]) -> None:
        self.found: str | None = None
        self._sequences = tuple(sequence for sequence in sequences if sequence)
        self._held = ""

    def feed(self, text: str) -> str:
        """Take a piece and return what may be shown: all but a possible beginning of a sequence."""
        if self.found is not None:
            return ""
        text = self._held + text
        self._held = ""
        # The first sequence to be complete wins, so that it does not matter how the text was cut.
        start = end = len(text) + 1
        for sequence in self._sequences:
            at = text.find(sequence)
            if at >= 0 and (at + len(sequence), at) < (end, start):
                start, end = at, at + len(sequence)
                self.found = sequence
        if self.found is not None:
            return text[:start]
        keep = max((_overlap(text, sequence) for sequence in self._sequences), default=0)
        self._held = text[len(text) - keep :]
        return text[: len(text) - keep]

    def finish(self) -> str:
        """Return what was held back: the text is over and it was no sequence after all."""
        held, self._held = self._held, ""
        return held


def cut_at_stop(text: str, sequences: Sequence[str]) -> tuple[str, str | None]:
    """Return the text up to the first sequence, and the sequence, None if there is none in it."""
    matcher = StopMatcher(sequences)
    shown = matcher.feed(text) + matcher.finish()
    return shown, matcher.found


def silent_stop(text: str, sequences: Sequence[str]) -> str | None:
    """Tell which sequence the provider stopped at, where the text itself shows it.

    A provider that enforces sequences reports the same end as for a finished answer. An element that was opened
    and not closed, while its closing tag is a stop sequence, can only have ended there.
    """
    for sequence in sequences:
        tag = _CLOSING_TAG.fullmatch(sequence)
        if tag is None:
            continue
        opened = len(re.findall(rf"<{re.escape(tag[1])}(?=[\s>])", text))
        if opened > text.count(f"</{tag[1]}>"):
            return sequence
    return None


def _overlap(text: str, sequence: str) -> int:
    """Return the length of the longest end of the text that begins the sequence."""
    for length in range(min(len(sequence) - 1, len(text)), 0, -1):
        if text.endswith(sequence[:length]):
            return length
    return 0
