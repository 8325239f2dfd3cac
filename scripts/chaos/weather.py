"""What happens to the simulated providers during the chaos test: faults, quotas, keys, odd streams, from one seed.

Everything passes by itself after seconds, except what nobody but a person could mend: that befalls the last key of
each provider only.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ccglm.simulator.control_client import SimulatorControl

CALM: dict[str, Any] = {
    "cerebras_rpm": 0,
    "cerebras_tpm": 10_000_000,
    "cerebras_total_tpm": 0,
    "zai_concurrency": 0,
    "split": "whole",
    "tool_args": "whole",
    "keys": {},
}
"""Knobs of a fine day. Tokens have a limit then too: a proxy reads from headers that one was raised, not that it went."""


@dataclass(frozen=True)
class Fault:
    """One kind of fault.

    Attributes:
        name: Scenario of the simulator.
        provider: `cerebras` or `zai`; empty for either.
        weight: How often it comes, beside the others.
        params: Makes its parameters.
        lasting: Only a person can mend it.
        streams: It befalls streams only: a whole answer is waited for as long as a client waits for one.
    """

    name: str
    provider: str = ""
    weight: int = 2
    params: Callable[[random.Random], dict[str, Any]] = lambda _: {}
    lasting: bool = False
    streams: bool = False


def _seconds(name: str, low: float, high: float) -> Callable[[random.Random], dict[str, Any]]:
    return lambda dice: {name: dice.randint(int(low), int(high))}


def _where(dice: random.Random) -> dict[str, Any]:
    return {"where": dice.choice(("start", "thinking", "text", "tool", "finish"))}


def _cut(dice: random.Random) -> dict[str, Any]:
    return {**_where(dice), "end": dice.choice(("reset", "eof"))}


# Left out: faults that change what the model says (CB-15 to CB-17, CB-19 to CB-21, ZA-09), since the words are what is checked.
FAULTS: tuple[Fault, ...] = (
    Fault("CB-01", "cerebras", 1),
    Fault("CB-03", "cerebras", 1, lasting=True),
    Fault("CB-04", "cerebras", 4, _seconds("retry_after", 1, 4)),
    Fault("CB-04", "cerebras", 1, _seconds("retry_after", 58, 58), lasting=True),
    Fault("CB-05", "cerebras", 3, _seconds("reset_s", 1, 4)),
    Fault("CB-06", "cerebras", 1),
    Fault("CB-07", "cerebras", 3),
    Fault("CB-08", "cerebras", 2),
    Fault("CB-09", "cerebras", 1),
    Fault("CB-10", "cerebras", 1, lasting=True),
    Fault("CB-11", "cerebras", 1),
    Fault("CB-12", "cerebras"),
    Fault("CB-13", "cerebras", 2, lambda dice: {"where": dice.choice(("text", "tool"))}),
    Fault("CB-18", "cerebras", 2),
    Fault("CB-22", "cerebras", 2, lambda dice: {"status": dice.choice((413, 502, 503, 504))}),
    Fault("CB-23", "cerebras", 1, _seconds("silence_s", 2, 12), streams=True),
    Fault("ZA-01", "zai", 3),
    Fault("ZA-02", "zai", 2),
    Fault("ZA-03", "zai", 1, _seconds("reset_in_s", 2, 4)),
    Fault("ZA-04", "zai", 1, lambda d: {"code": d.choice(("1113", "1309", "1311"))}, lasting=True),
    Fault("ZA-05", "zai", 1),
    Fault("ZA-06", "zai", 3),
    Fault("ZA-10", "zai"),
    Fault("ZA-11", "zai"),
    Fault("ZA-12", "zai"),
    Fault("ZA-13", "zai", 1),
    Fault("cut", "", 6, _cut),
    Fault("stall", "", 2, _where, streams=True),
    Fault("pause", "", 2, lambda dice: {**_where(dice), "silence_s": dice.choice((1, 2, 9))}),
    Fault("stream_error", "", 3, _where),
    Fault("status", "", 3, lambda dice: {"status": dice.choice((500, 503, 520, 529))}),
)


@dataclass
class Weather:
    """The course of events.

    Attributes:
        control: The simulator.
        dice: The source of all chance.
        keys: Keys of each provider, by its name; only the last of each is ever taken away.
        every_s: Mean time between two events, in seconds.
        happened: How often each kind of event was ordered.
    """

    control: SimulatorControl
    dice: random.Random
    keys: Mapping[str, Sequence[str]]
    every_s: float = 0.4
    happened: Counter[str] = field(default_factory=Counter[str])
    _turned: dict[str, tuple[float, Any]] = field(default_factory=dict[str, tuple[float, Any]])

    async def blow(self, seconds: float) -> None:
        """Let things happen for some time, then let them pass."""
        clock = asyncio.get_running_loop().time
        until_s = clock() + seconds
        try:
            while (now_s := clock()) < until_s:
                self._calm_down(now_s)
                self._one_event(now_s)
                await asyncio.sleep(self.dice.uniform(0.2, 1.8) * self.every_s)
        finally:
            self.control.knobs(**CALM)

    def _one_event(self, now_s: float) -> None:
        events = (self._fault, self._fault, self._fault, self._quota, self._key, self._form)
        self.dice.choice(events)(now_s)

    def _fault(self, _now_s: float) -> None:
        fault = self.dice.choices(FAULTS, [f.weight for f in FAULTS])[0]
        provider = fault.provider or self.dice.choice(("cerebras", "zai"))
        match: dict[str, Any] = {"provider": provider}
        if fault.streams:
            match["stream"] = True
        if fault.lasting:
            key = self._spare(provider)
            if not key:
                return
            match["key"] = key
        times, seconds = self.dice.randint(1, 6), self.dice.uniform(0.5, 3.0)
        params = fault.params(self.dice)
        self.control.scenario(fault.name, times=times, seconds=seconds, params=params, match=match)
        self.happened[fault.name] += 1

    def _quota(self, now_s: float) -> None:
        """Let a quota run out: a full bucket that is small, and refills while it lasts."""
        knob, value = self.dice.choice(
            (
                ("cerebras_rpm", self.dice.randint(60, 240)),
                ("cerebras_tpm", self.dice.randint(60_000, 240_000)),
                ("zai_concurrency", self.dice.randint(2, 6)),
            )
        )
        self._turn(now_s, knob, value, seconds=self.dice.uniform(2, 6))
        self.happened["quota"] += 1

    def _key(self, now_s: float) -> None:
        provider = self.dice.choice(("cerebras", "zai"))
        if key := self._spare(provider):
            state = self.dice.choice(("revoked", "forbidden", "unpaid"))
            self._turn(now_s, "keys", {key: state}, seconds=self.dice.uniform(1, 4))
            self.happened["key taken"] += 1

    def _form(self, now_s: float) -> None:
        knob, values = self.dice.choice(
            (("split", ("mid_utf8", "coalesce", "byte")), ("tool_args", ("fragments",)))
        )
        self._turn(now_s, knob, self.dice.choice(values), seconds=self.dice.uniform(0.3, 1.5))
        self.happened["odd form"] += 1

    def _spare(self, provider: str) -> str:
        """Return the key that may be lost for good; empty when there is none to spare."""
        keys = self.keys.get(provider, ())
        return keys[-1] if len(keys) > 1 else ""

    def _turn(self, now_s: float, knob: str, value: Any, *, seconds: float) -> None:
        self._turned[knob] = (now_s + seconds, value)
        self.control.knobs(**{knob: value})

    def _calm_down(self, now_s: float) -> None:
        """Turn back every knob whose time has come."""
        over = [knob for knob, (until_s, _) in self._turned.items() if until_s <= now_s]
        if over:
            self.control.knobs(**{knob: CALM[knob] for knob in over})
        for knob in over:
            del self._turned[knob]
