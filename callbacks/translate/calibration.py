"""The factor between our token estimate and what a model's provider counts, learned from finished requests."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from statistics import median_low

# Farther from the middle than this factor is a mistake, not a tokenizer.
_FAR = 1.5


class Calibration:
    """The factor between our estimate and what one model's provider reports.

    Keeps the last pairs, weighs big requests more, and leaves out pairs far from the rest: a provider that
    counted an image differently, or an answer that reported nothing.
    """

    def __init__(self, pairs: Iterable[tuple[int, int]] = (), *, window: int = 50) -> None:
        """Start from (estimate, reported) pairs, oldest first.

        Args:
            pairs: Tokens as `estimate_tokens` gave them, and as the provider reported them.
            window: How many pairs are kept.
        """
        self._pairs: deque[tuple[int, int]] = deque(maxlen=window)
        self._ratio = 1.0
        for estimate, reported in pairs:
            self.observe(estimate, reported)

    @property
    def ratio(self) -> float:
        """Return what to multiply an estimate by; 1.0 before the first pair."""
        return self._ratio

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """Return the kept pairs, oldest first, for the store."""
        return tuple(self._pairs)

    def observe(self, estimate: int, reported: int) -> None:
        """Learn from one finished request; counts that are not positive are left out."""
        if estimate <= 0 or reported <= 0:
            return
        self._pairs.append((estimate, reported))
        middle = median_low(said / guess for guess, said in self._pairs)
        near = [
            (guess, said)
            for guess, said in self._pairs
            if middle / _FAR <= said / guess <= middle * _FAR
        ]
        self._ratio = sum(said for _, said in near) / sum(guess for guess, _ in near)
