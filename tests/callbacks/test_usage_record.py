"""A finished request becomes a row with the right numbers and without a word of anybody's."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacks.dialects.causes import Cause, Fault
from callbacks.request_context import Hop, RequestContext
from callbacks.translate.reply_stream import Usage
from callbacks.usage_record import (
    MIN_OUTPUT_MS,
    outcome_of,
    project_of,
    report_of,
    usage_row,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
STARTED_S = 1000.0
USAGE = Usage(600, 400, 500, 100, estimated=False)


class ModelPrices(NamedTuple):
    input_usd_per_mtok: float | None
    cached_input_usd_per_mtok: float | None
    output_usd_per_mtok: float | None


PRICES = {
    "cerebras/zai-glm-4.7": ModelPrices(2.0, None, 3.0),
    "zai/glm-4.7": ModelPrices(0.6, 0.11, 2.2),
    "other/unpriced": ModelPrices(None, None, None),
}


def a_hop(member: str = "cerebras/zai-glm-4.7", **changes: Any) -> Hop:
    values: dict[str, Any] = {
        "deployment_id": f"{member}#1",
        "key_label": f"{member.partition('/')[0].upper()}_API_KEY",
        "started_at": NOON + timedelta(milliseconds=5),
        "outcome": "served",
        "status": 200,
        "first_byte_ms": 190.0,
        "duration_ms": 690.0,
        "usage": USAGE,
        "started_s": STARTED_S + 0.005,
    }
    return Hop(member, **{**values, **changes})


def a_failed_hop(member: str = "cerebras/zai-glm-4.7", **changes: Any) -> Hop:
    provider, _, model = member.partition("/")
    fault = Fault(Cause.REQUEST_QUOTA, provider, model, "CEREBRAS_API_KEY", "tell nobody")
    values: dict[str, Any] = {
        "outcome": "failed", "fault": fault, "status": 429, "usage": Usage(), "first_byte_ms": None,
        "duration_ms": 20.0,
    }  # fmt: skip
    return a_hop(member, **{**values, **changes})


def a_request(*hops: Hop, **changes: Any) -> RequestContext:
    values: dict[str, Any] = {
        "path": "/v1/messages",
        "request_id": "req_000000000000000000000001",
        "requested_model": "claude-sonnet-4-5",
        "role": "main",
        "group": "main",
        "stream": True,
        "session_id": "session-1",
        "body": {"model": "claude-sonnet-4-5", "messages": [{"role": "user", "content": "SECRET"}]},
        "hops": list(hops),
        "started_at": NOON,
        "status": 200,
        "first_byte_ms": 200.0,
        "duration_ms": 700.0,
        "started_s": STARTED_S,
    }
    return RequestContext(**{**values, **changes})


def test_a_request_served_at_once() -> None:
    row = usage_row(a_request(a_hop(tools_called=("Read", "Read"))), PRICES)

    assert dataclasses.asdict(row) == {
        "request_id": "req_000000000000000000000001",
        "started_at_ms": 1_795_262_400_000,
        "session_id": "session-1",
        "agent_id": None,
        "project": None,
        "role": "main",
        "requested_model": "claude-sonnet-4-5",
        "served_model": "zai-glm-4.7",
        "provider": "cerebras",
        "key_label": "CEREBRAS_API_KEY",
        "streamed": True,
        "input_tokens": 1000,
        "cached_tokens": 400,
        "output_tokens": 500,
        "reasoning_tokens": 100,
        "cost_usd": pytest.approx((1000 * 2.0 + 500 * 3.0) / 1e6),
        "wait_ms": pytest.approx(5.0),
        "first_token_ms": 200.0,
        "output_ms": 500.0,
        "duration_ms": 700.0,
        "outcome": "served",
        "status": 200,
        "fallback_from": None,
        "fallback_cause": None,
        "fault": None,
        "hops": (
            {
                "provider": "cerebras",
                "model": "zai-glm-4.7",
                "key_label": "CEREBRAS_API_KEY",
                "started_at_ms": 1_795_262_400_005,
                "first_byte_ms": 190.0,
                "duration_ms": 690.0,
                "outcome": "served",
                "cause": None,
                "status": 200,
            },
        ),
        "tools": ("Read", "Read"),
    }


def test_a_fallback_says_from_whom_and_why_and_who_served() -> None:
    context = a_request(a_failed_hop(), a_hop("zai/glm-4.7", started_s=STARTED_S + 0.03))

    row = usage_row(context, PRICES)

    assert (row.provider, row.served_model, row.key_label) == ("zai", "glm-4.7", "ZAI_API_KEY")
    assert (row.fallback_from, row.fallback_cause) == ("cerebras/zai-glm-4.7", "request_quota")
    assert row.outcome == "served"
    assert row.fault is None
    assert row.wait_ms == pytest.approx(30.0)
    assert row.cost_usd == pytest.approx((600 * 0.6 + 400 * 0.11 + 500 * 2.2) / 1e6)
    assert [(hop.provider, hop.outcome, hop.cause, hop.status) for hop in row.hops] == [
        ("cerebras", "failed", "request_quota", 429),
        ("zai", "served", None, 200),
    ]


def test_another_key_of_the_same_model_is_no_fallback() -> None:
    row = usage_row(a_request(a_failed_hop(), a_hop()), PRICES)

    assert (row.fallback_from, row.fallback_cause, len(row.hops)) == (None, None, 2)


def test_a_request_that_nobody_served() -> None:
    hops = (a_failed_hop(), a_failed_hop("zai/glm-4.7"))
    context = a_request(*hops, status=429, first_byte_ms=None, error_type="rate_limit_error")

    row = usage_row(context, PRICES)

    assert (row.outcome, row.status, row.fault) == ("failed", 429, "request_quota")
    assert (row.provider, row.served_model, row.key_label) == (None, None, None)
    assert (row.input_tokens, row.cost_usd, row.wait_ms, row.output_ms) == (0, 0.0, None, None)
    assert row.fallback_from == "cerebras/zai-glm-4.7"


def test_a_request_refused_before_anybody_was_asked() -> None:
    context = a_request(status=404, first_byte_ms=None, error_type="not_found_error", role="")

    row = usage_row(context, PRICES)

    assert (row.outcome, row.fault, row.hops, row.role) == ("failed", "not_found_error", (), None)
    assert usage_row(a_request(status=None, first_byte_ms=None), PRICES).fault == "unknown"


def test_a_stream_that_broke_off_is_a_failure_that_cost_money() -> None:
    hop = a_failed_hop(usage=USAGE, first_byte_ms=190.0, status=200)

    row = usage_row(a_request(hop), PRICES)

    assert (row.outcome, row.provider, row.fault) == ("failed", "cerebras", "request_quota")
    assert row.cost_usd > 0
    assert row.output_tokens == 500


def test_a_client_that_left_is_neither_served_nor_failed() -> None:
    left_early = a_request(a_hop(outcome="cancelled"), client_left=True, status=None)
    left_late = a_request(a_hop(outcome="running", duration_ms=None), client_left=True)

    assert outcome_of(left_early) == outcome_of(left_late) == "cancelled"
    assert outcome_of(a_request(a_hop(outcome="cancelled"))) == "cancelled"
    assert usage_row(left_late, PRICES).output_ms is None


def test_an_answer_in_one_piece_tells_no_speed() -> None:
    quick = a_hop(first_byte_ms=690.0 - MIN_OUTPUT_MS + 1)

    assert usage_row(a_request(quick), PRICES).output_ms is None


def test_an_answer_that_was_not_streamed_is_timed_as_a_whole() -> None:
    row = usage_row(a_request(a_hop(first_byte_ms=690.0), stream=False), PRICES)

    assert (row.first_token_ms, row.output_ms, row.streamed) == (None, 690.0, False)


def litellm_kwargs(**changes: Any) -> dict[str, Any]:
    payload = {
        "prompt_tokens": 100,
        "completion_tokens": 80,
        "response_cost": 0.004,
        "startTime": 50.0,
        "completionStartTime": 50.2,
        "endTime": 50.7,
        "metadata": {
            "usage_object": {
                "prompt_tokens_details": {"cached_tokens": 30},
                "completion_tokens_details": {"reasoning_tokens": 20},
            }
        },
        "response": {
            "choices": [
                {
                    "message": {
                        "content": "SECRET",
                        "tool_calls": [{"function": {"name": "Bash", "arguments": "SECRET"}}],
                    }
                }
            ]
        },
        "messages": "SECRET",
    }
    return {"standard_logging_object": {**payload, **changes}}


def test_an_answer_of_litellms_adapter_is_counted_by_its_report() -> None:
    hop = a_hop(
        "other/unpriced", outcome="running", duration_ms=None, first_byte_ms=None, usage=Usage(),
        status=None,
    )  # fmt: skip

    row = usage_row(a_request(hop), PRICES, report_of(litellm_kwargs()))

    assert row.outcome == "served"
    assert (row.input_tokens, row.cached_tokens) == (100, 30)
    assert (row.output_tokens, row.reasoning_tokens) == (80, 20)
    assert row.cost_usd == 0.004
    assert row.output_ms == pytest.approx(500.0)
    assert row.tools == ("Bash",)
    assert row.hops[0].outcome == "served"
    whole = usage_row(a_request(hop, stream=False), PRICES, report_of(litellm_kwargs()))
    assert whole.output_ms == pytest.approx(700.0)


def test_what_an_attempt_knows_itself_counts_more_than_a_report() -> None:
    row = usage_row(a_request(a_hop()), PRICES, report_of(litellm_kwargs()))

    assert (row.input_tokens, row.tools) == (1000, ())


def test_a_report_without_figures_is_none_or_zero() -> None:
    assert report_of({}) is None
    report = report_of({"standard_logging_object": {"prompt_tokens": None, "startTime": None}})
    assert report is not None
    assert (report.usage.prompt_tokens, report.cost_usd, report.tools) == (0, 0.0, ())


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(
    st.dictionaries(
        st.sampled_from(sorted(litellm_kwargs()["standard_logging_object"])), json_values
    )
)
def test_no_report_breaks_it(payload: dict[str, Any]) -> None:
    report = report_of({"standard_logging_object": payload})

    assert usage_row(a_request(a_hop(outcome="running", usage=Usage())), PRICES, report)


@pytest.mark.parametrize(
    ("text", "project"),
    [
        ("<env>\nWorking directory: /home/me/demo\nPlatform: linux", "/home/me/demo"),
        (
            "# Environment\n - Primary working directory: /home/me/my project \n",
            "/home/me/my project",
        ),
        ("Working directory: `C:\\Users\\me\\demo`\r\nmore", "C:\\Users\\me\\demo"),
        ("the working directory: is kept between calls\nWorking directory: /a", "/a"),
        ("I changed the working directory: /b", None),
        ("Working directory:\n/c", None),
        ("", None),
    ],
)
def test_the_project_is_the_folder_the_client_tells(text: str, project: str | None) -> None:
    blocks = [{"type": "text", "text": "You are a bot"}, {"type": "text", "text": text}]

    assert project_of({"system": text}) == project
    assert project_of({"system": blocks}) == project
    assert project_of({"messages": [{"role": "user", "content": blocks}]}) == project


def test_no_project_is_looked_for_in_what_people_write_later() -> None:
    later = {"role": "user", "content": "Working directory: /x"}

    assert project_of({"messages": [{}, {}, later]}) is None
    assert project_of({"system": 5, "messages": "?"}) is None


@given(st.text(), st.text(), st.text())
def test_every_name_can_be_stored(model: str, session: str, tool: str) -> None:
    hop = a_hop(tools_called=(tool + "\ud800",))
    row = usage_row(a_request(hop, requested_model=model + "\udfff", session_id=session), PRICES)

    for text in (row.requested_model, row.session_id or "", *row.tools):
        assert len(text.encode()) <= 1200


def test_a_row_holds_nothing_that_anybody_said() -> None:
    report = report_of(litellm_kwargs())
    failed, running = a_failed_hop(), a_hop("other/unpriced", outcome="running", usage=Usage())

    row = usage_row(a_request(failed, running), PRICES, report)

    assert "SECRET" not in repr(row)
    assert "tell nobody" not in repr(row)
