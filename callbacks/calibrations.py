"""What each model's provider counts compared with our estimate, kept over restarts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from callbacks.translate.calibration import Calibration
from callbacks.translate.reply_stream import Usage

SEED_TOKENS = 20_000
"""Weight of what an earlier run learned: about one request of a session."""

STORE_EVERY = 10
"""Finished requests between two writes of a model's ratio; the first ones are written at once."""

Store = Callable[[str, float, int], None]
"""Keeps a model's ratio and how many requests it rests on; must not block."""


def store_nothing(_member: str, _ratio: float, _samples: int) -> None:
    """Keep nothing."""


class Calibrations:
    """The calibration of every member this process has served."""

    def __init__(
        self, known: Mapping[str, tuple[float, int]] | None = None, store: Store = store_nothing
    ) -> None:
        """Start from what an earlier run learned.

        Args:
            known: Member to its ratio and the number of requests behind it.
            store: Called with what is learned.
        """
        self._store = store
        self._members: dict[str, Calibration] = {}
        self._samples: dict[str, int] = {}
        for member, (ratio, samples) in (known or {}).items():
            self._members[member] = Calibration([(SEED_TOKENS, round(SEED_TOKENS * ratio))])
            self._samples[member] = samples

    def ratio(self, member: str) -> float:
        """Return what to multiply an estimate by; 1.0 for a model never seen."""
        calibration = self._members.get(member)
        return 1.0 if calibration is None else calibration.ratio

    def observe(self, member: str, estimate: int, usage: Usage) -> None:
        """Learn from a finished request.

        Args:
            member: Who served it.
            estimate: Our estimate of the prompt before calibration, in tokens.
            usage: What the provider reported.
        """
        calibration = self._members.setdefault(member, Calibration())
        calibration.observe(estimate, usage.prompt_tokens)
        samples = self._samples[member] = self._samples.get(member, 0) + 1
        if samples <= STORE_EVERY or samples % STORE_EVERY == 0:
            self._store(member, calibration.ratio, samples)
