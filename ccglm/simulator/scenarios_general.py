"""Faults that any provider may show, for tests that want them on either: status, cut, stall, and more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccglm.simulator.answer import Refused
from ccglm.simulator.damage import end_at, error_at, pause_at
from ccglm.simulator.effects import Effect
from ccglm.simulator.scenario import Params, Scenario

if TYPE_CHECKING:
    from ccglm.simulator.effects import Moment


def _status(params: Params) -> Effect:
    def refuse(_moment: Moment) -> Refused:
        return Refused(
            params["status"],
            str(params["body"]).encode(),
            message=f"status {params['status']}",
            content_type=params["content_type"],
            headers=[(name, str(value)) for name, value in params["headers"].items()],
        )

    return Effect(refuse=refuse, at_edge=True)


def _ends(params: Params) -> Effect:
    return Effect(damage=end_at(params["where"], params["end"]), broken=params["end"])


GENERAL_SCENARIOS = (
    Scenario(
        "status",
        "any status, body and headers, before any check",
        _status,
        params={"status": 500, "body": "", "content_type": "text/plain", "headers": {}},
    ),
    Scenario(
        "cut",
        "the connection ends at `where`: reset or eof",
        _ends,
        params={"where": "text", "end": "reset"},
    ),
    Scenario(
        "stall",
        "the stream falls silent at `where` and stays open",
        lambda params: _ends({**params, "end": "stall"}),
        params={"where": "text"},
    ),
    Scenario(
        "pause",
        "the stream falls silent at `where` for `silence_s` seconds, then carries on",
        lambda params: Effect(damage=pause_at(params["where"], params["silence_s"])),
        params={"where": "text", "silence_s": 20.0},
    ),
    Scenario(
        "stream_error",
        "an error event of the provider at `where`, then the connection ends",
        lambda params: Effect(damage=error_at(params["where"]), broken="eof"),
        params={"where": "text"},
    ),
    Scenario(
        "silence",
        "nothing at all for `silence_s` seconds, then the normal answer",
        lambda params: Effect(silence_s=params["silence_s"]),
        params={"silence_s": 60.0},
    ),
)
