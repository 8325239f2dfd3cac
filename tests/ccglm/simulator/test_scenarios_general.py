from typing import Any

import pytest

from tests.helpers.provider_calls import (
    ALL_SURFACES,
    CEREBRAS,
    ZAI_ANTHROPIC,
    ZAI_OPENAI,
    a_world,
    arm,
    ask,
    stream_of,
)


@pytest.mark.parametrize("path", ALL_SURFACES)
def test_any_status_before_any_check(path: str) -> None:
    world = a_world()
    params: dict[str, Any] = {"status": 503, "body": "busy", "headers": {"retry-after": 3}}
    arm(world, "status", params=params)
    result = ask(world, path)
    assert (result.status, result.body, result.scenario) == (503, b"busy", "status")
    assert dict(result.headers)["retry-after"] == "3"
    assert dict(result.headers)["content-type"] == "text/plain"


@pytest.mark.parametrize("path", ALL_SURFACES)
@pytest.mark.parametrize(("name", "end"), [("cut", "reset"), ("stall", "stall")])
def test_streams_that_do_not_end_well(path: str, name: str, end: str) -> None:
    world = a_world()
    arm(world, name)
    result = ask(world, path, stream=True)
    assert result.end == end
    assert b"stop" not in stream_of(result).split(b"\n\n")[-2]


@pytest.mark.parametrize(
    ("path", "mark"),
    [
        (CEREBRAS, b'data: {"error":{"message"'),
        (ZAI_OPENAI, b'data: {"error":{"code":"1234"'),
        (ZAI_ANTHROPIC, b"event: error\n"),
    ],
)
def test_an_error_event_in_the_providers_form(path: str, mark: bytes) -> None:
    world = a_world()
    arm(world, "stream_error", params={"where": "start"})
    result = ask(world, path, stream=True)
    assert mark in stream_of(result)
    assert result.end == "eof"


@pytest.mark.parametrize("path", ALL_SURFACES)
def test_a_pause_loses_nothing(path: str) -> None:
    world = a_world()
    arm(world, "pause", params={"silence_s": 3})
    result = ask(world, path, stream=True)
    assert result.end == "complete"
    assert result.events is not None
    assert list(result.events.pauses_s.values()) == [3]
    assert "done" in result.events.kinds


def test_silence_is_a_delay() -> None:
    world = a_world()
    arm(world, "silence", params={"silence_s": 3})
    assert ask(world, ZAI_OPENAI).delay_s == 3
