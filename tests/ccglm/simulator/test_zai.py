from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccglm.simulator.zai import surface_of
from tests.helpers.provider_calls import (
    ZAI_ANTHROPIC,
    ZAI_CODING,
    ZAI_OPENAI,
    a_body,
    a_request,
    a_world,
    answer,
    ask,
    chunks_of,
    json_of,
    odd_bodies,
)

SURFACES = (ZAI_OPENAI, ZAI_CODING, ZAI_ANTHROPIC)


def test_paths_tell_the_surface() -> None:
    assert surface_of(ZAI_OPENAI) == "zai_openai"
    assert surface_of(ZAI_CODING) == "zai_coding"
    assert surface_of(ZAI_ANTHROPIC) == "zai_anthropic"
    assert surface_of("/v1/chat/completions") is None


@pytest.mark.parametrize("path", SURFACES)
def test_every_surface_answers_whole_and_streamed(path: str) -> None:
    world = a_world()
    whole, stream = ask(world, path), ask(world, path, stream=True)
    assert (whole.status, stream.status) == (200, 200)
    assert whole.usage.completion_tokens == stream.usage.completion_tokens
    assert dict(stream.headers)["content-type"] == "text/event-stream;charset=UTF-8"
    assert dict(whole.headers)["content-type"] == "application/json; charset=UTF-8"


@pytest.mark.parametrize("path", SURFACES)
def test_no_answer_has_rate_limit_headers_or_retry_after(path: str) -> None:
    world = a_world(keys={"key": "no_balance"})
    for result in (ask(a_world(), path), ask(world, path)):
        names = dict(result.headers)
        assert not any(name.startswith("x-ratelimit") or name == "retry-after" for name in names)
        assert names["strict-transport-security"] == "max-age=31536000"


def test_models_are_listed_for_a_key() -> None:
    path = "/api/paas/v4/models"
    listed = answer(a_world(), a_request(path, b"", method="GET"))
    assert "glm-4.7" in [model["id"] for model in json_of(listed)["data"]]
    refused = answer(a_world(), a_request(path, b"", method="GET", accept="*/*"))
    assert refused.code == "1001"


def test_an_unknown_path_is_404() -> None:
    assert answer(a_world(), a_request("/api/paas/v4/nothing")).status == 404
    assert answer(a_world(), a_request("/api/anthropic/v1/chat/completions")).status == 404


def test_a_body_that_is_no_object_is_1210() -> None:
    assert answer(a_world(), a_request(ZAI_OPENAI, b"[1]")).code == "1210"


def test_counting_tokens_exists_as_guessed() -> None:
    path = f"{ZAI_ANTHROPIC}/count_tokens"
    world = a_world()
    body = a_body(ZAI_ANTHROPIC, "hello " * 100)
    counted = answer(world, a_request(path, body))
    assert json_of(counted) == {
        "input_tokens": ask(world, ZAI_ANTHROPIC, "hello " * 100).usage.prompt_tokens
    }
    world = a_world(**{"guess.zai_count_tokens": "missing"})
    assert answer(world, a_request(path, body)).status == 404


def test_too_many_requests_at_once_are_refused_at_once_and_leaving_makes_room() -> None:
    world = a_world(zai_concurrency=2)
    running = [answer(world, a_request(ZAI_OPENAI)) for _ in range(2)]
    assert answer(world, a_request(ZAI_OPENAI)).code == "1302"
    assert ask(world, ZAI_OPENAI, model="glm-4.6").status == 200
    done = running[0].on_done
    assert done is not None
    done()
    assert answer(world, a_request(ZAI_OPENAI)).status == 200


def test_a_repeated_prompt_is_reported_as_cached() -> None:
    world = a_world()
    ask(world, ZAI_ANTHROPIC, "long " * 500)
    again = ask(world, ZAI_ANTHROPIC, "long " * 500, stream=True)
    usage = next(c["usage"] for c in chunks_of(again) if c.get("type") == "message_delta")
    assert usage["cache_read_input_tokens"] >= 512
    assert usage["input_tokens"] + usage["cache_read_input_tokens"] == again.usage.prompt_tokens


@pytest.mark.parametrize(("path", "key"), [(ZAI_OPENAI, "stop"), (ZAI_ANTHROPIC, "stop_sequences")])
def test_stop_sequences_are_read_under_the_surfaces_name(path: str, key: str) -> None:
    more: dict[str, Any] = {key: ["brown"]}
    assert ask(a_world(reply_tokens=50), path, **more).usage.completion_tokens < 10


def test_the_output_limit_ends_the_answer() -> None:
    result = ask(a_world(reply_tokens=50), ZAI_OPENAI, max_tokens=5)
    assert (result.finish_reason, result.usage.completion_tokens) == ("length", 5)


def test_tool_stream_sends_fragments() -> None:
    def tool_chunks(**more: Any) -> int:
        result = ask(a_world(), ZAI_OPENAI, "read a/b.txt", stream=True, read_tool=True, **more)
        return sum("tool_calls" in chunk["choices"][0]["delta"] for chunk in chunks_of(result))

    assert tool_chunks() == 1
    assert tool_chunks(tool_stream=True) > 1


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SURFACES).flatmap(lambda path: st.tuples(st.just(path), odd_bodies(path))))
def test_no_body_makes_it_fail(case: tuple[str, dict[str, Any]]) -> None:
    path, body = case
    assert answer(a_world(), a_request(path, body)).status in (200, 400)
