"""What the chaos test counts, and how it is told."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ccglm.simulator.log import RecordedRequest
from ccglm.text import escape_controls

MAX_EXAMPLES = 10


@dataclass
class Figures:
    """Counts of one run.

    Attributes:
        conversations: Conversations that were begun.
        turns: Turns that were answered completely and to the byte.
        requests: Requests the clients sent.
        fallbacks: Answers that another than the first choice gave.
        errors: Honest errors that the clients met, by type; they tried again.
        gave_up: Turns whose client used up its tries, each with an honest error.
        compacted: Conversations begun anew because the prompt was called too long.
        lost: Requests that ended without an answer and without an honest error.
        wrong: Answers that were not to the byte what the model said.
        faults: Requests the providers refused or damaged, by scenario or status.
        left_open: Exchanges with providers that nobody had ended afterwards.
        examples: What was lost, wrong or given up, in words.
    """

    conversations: int = 0
    turns: int = 0
    requests: int = 0
    fallbacks: int = 0
    errors: Counter[str] = field(default_factory=Counter[str])
    gave_up: int = 0
    compacted: int = 0
    lost: int = 0
    wrong: int = 0
    faults: Counter[str] = field(default_factory=Counter[str])
    left_open: int = 0
    examples: list[str] = field(default_factory=list[str])

    @property
    def ok(self) -> bool:
        """Whether nothing was lost and nothing wrong, and there was something to lose."""
        return self.turns > 0 and not (self.lost or self.wrong or self.left_open)

    def note_lost(self, what: str) -> None:
        """Count a request that ended in nothing."""
        self.lost += 1
        self._keep(f"lost: {what}")

    def note_wrong(self, what: str) -> None:
        """Count an answer that was not what the model said."""
        self.wrong += 1
        self._keep(f"wrong: {what}")

    def note_gave_up(self, what: str) -> None:
        """Count a turn whose client used up its tries."""
        self.gave_up += 1
        self._keep(f"gave up: {what}")

    def note_provider(self, records: list[RecordedRequest]) -> None:
        """Count the faults in a piece of the simulator's log."""
        for record in records:
            if record.scenario:
                self.faults[record.scenario] += 1
            elif record.refused:
                self.faults[f"{record.provider} {record.error_code or record.status}"] += 1

    def document(self) -> dict[str, Any]:
        """Return everything as JSON-ready data."""
        return {
            **vars(self),
            "ok": self.ok,
            "faults_met": self.faults.total(),
            "faults": dict(self.faults.most_common()),
            "errors": dict(self.errors.most_common()),
        }

    def text(self) -> str:
        """Return the figures as lines for people."""
        rows = [
            ("conversations", self.conversations), ("turns", self.turns), ("requests", self.requests),
            ("faults met", self.faults.total()), ("fallbacks", self.fallbacks),
            ("honest errors", self.errors.total()), ("gave up", self.gave_up), ("compacted", self.compacted),
            ("left open", self.left_open), ("lost", self.lost), ("wrong", self.wrong),
        ]  # fmt: skip
        lines = [f"{name:<16}{count:>8}" for name, count in rows]
        lines += [f"  {escape_controls(example)}" for example in self.examples]
        return "\n".join([*lines, "", "ok" if self.ok else "failed"])

    def _keep(self, example: str) -> None:
        if len(self.examples) < MAX_EXAMPLES:
            self.examples.append(example)
