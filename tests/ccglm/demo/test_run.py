"""The demo's verdict and its view; the demo itself runs in tests/integration/test_demo.py."""

from __future__ import annotations

import dataclasses
import io

from ccglm.console import Output
from ccglm.demo.burst import BurstResult
from ccglm.demo.run import DemoReport, report_view, try_by_hand
from ccglm.demo.session import Step
from ccglm.proxy.messages_client import Answer


def served(member: str, fallback: str | None = None) -> Answer:
    return Answer(
        status=200, served_by=member, stop_reason="end_turn", fallback=fallback, duration_ms=200
    )


REPORT = DemoReport(
    steps=(Step("text", True, "12 characters", "cerebras/glm", 70.0),),
    burst=BurstResult((served("cerebras/glm"), served("zai/glm", "request_quota"))),
    refused=(),
    over_quota=1,
)


def shown(report: DemoReport) -> str:
    out = io.StringIO()
    Output(stdout=out, stderr=io.StringIO(), environment={}).result(report_view(report))
    return out.getvalue()


def test_the_table_names_who_served_and_why() -> None:
    text = shown(REPORT)
    assert REPORT.ok
    assert "text     ok  cerebras/glm  70 ms" in text
    assert "the provider before it: request_quota" in text
    assert "all as told" in text


def test_one_provider_a_refusal_or_a_failed_step_is_not_as_told() -> None:
    alone = BurstResult((served("cerebras/glm"),))
    failed = Step("text", False, "no text came back", None, 1.0)
    for report in (
        dataclasses.replace(REPORT, burst=alone),
        dataclasses.replace(REPORT, refused=("cerebras /v1: 400 unsupported",)),
        dataclasses.replace(REPORT, steps=(failed,)),
    ):
        assert not report.ok
        assert "not as told" in shown(report)
        assert report_view(report).data["passed"] is False


def test_the_next_steps_are_commands_of_ours() -> None:
    assert all("ccglm " in command for command in try_by_hand().values())
