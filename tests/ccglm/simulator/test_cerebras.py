from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.provider_calls import (
    CEREBRAS,
    a_body,
    a_request,
    a_world,
    answer,
    ask,
    chunks_of,
    json_of,
    odd_bodies,
    text_of,
)


def get(path: str, **headers: str) -> Any:
    request = a_request(path, b"", method="GET", **headers)
    return answer(a_world(), request)


def test_the_model_list_needs_a_key_and_shows_what_it_may_use() -> None:
    listed = get("/v1/models")
    assert [model["id"] for model in json_of(listed)["data"]] == [
        "gpt-oss-120b",
        "qwen-3.8-27b",
        "zai-glm-4.7",
    ]
    assert get("/v1/models", accept="*/*").status == 401


def test_one_model_can_be_asked_for() -> None:
    assert json_of(get("/v1/models/gpt-oss-120b"))["owned_by"] == "Cerebras"
    assert get("/v1/models/nothing").code == "model_not_found"


def test_the_public_catalogue_needs_no_key_and_has_no_retired_model() -> None:
    listed = get("/public/v1/models", accept="*/*")
    assert [entry["id"] for entry in json_of(listed)["data"]] == ["gpt-oss-120b", "qwen-3.8-27b"]
    assert (
        json_of(get("/public/v1/models/qwen-3.8-27b"))["limits"]["max_completion_tokens"] == 40_960
    )
    missing = get("/public/v1/models/zai-glm-4.7", accept="*/*")
    assert missing.status == 404
    assert json_of(missing) == {"detail": "Model 'zai-glm-4.7' not found or not publicly available"}


def test_other_routes() -> None:
    assert get("/v1/tcp_warming").status == 200
    for path in ("/v1/messages", "/v1/responses", "/v1/embeddings"):
        assert answer(a_world(), a_request(path, {})).status == 404


def test_glm_is_gone_from_the_default_model_set() -> None:
    world = a_world(model_set="public_2026_11")
    assert ask(world).code == "model_not_found"
    assert ask(world, model="gpt-oss-120b").status == 200


@pytest.mark.parametrize(
    ("state", "status"), [("ok", 200), ("revoked", 401), ("forbidden", 403), ("unpaid", 402)]
)
def test_keys_have_states(state: str, status: int) -> None:
    assert ask(a_world(keys={"key": state})).status == status


def test_keys_can_be_closed_to_all_but_known_ones() -> None:
    world = a_world(known_keys_only=True, keys={"good": "ok"})
    assert ask(world).status == 401
    good = a_request(CEREBRAS, None, authorization="Bearer good")
    assert answer(world, good).status == 200


def test_a_key_in_the_wrong_header_is_no_key() -> None:
    request = a_request(CEREBRAS, None, **{"x-api-key": "key"})
    assert answer(a_world(), request).status == 401


def test_checks_come_in_the_documented_order() -> None:
    """Key, JSON, properties, model, conflicts, context, account, rate."""
    body = a_body(CEREBRAS, "x " * 300_000, model="gone", temperature=9, top_k=1)
    world = a_world(cerebras_rpm=1, keys={"key": "unpaid"})

    def refused(request_body: Any, **headers: str) -> str:
        return answer(world, a_request(CEREBRAS, request_body, **headers)).code

    assert refused(b"{", accept="*/*") == "wrong_api_key"
    assert (
        answer(world, a_request(CEREBRAS, b"{")).message == "The request body is not a JSON object"
    )
    assert refused(body) == "wrong_api_format"
    del body["top_k"]
    assert refused(body) == "model_not_found"
    body["model"] = "zai-glm-4.7"
    assert refused(body) == "wrong_api_format"
    del body["temperature"]
    assert refused(body) == "context_length_exceeded"
    assert refused(a_body(CEREBRAS)) == "payment_required"
    world.turn(world.knobs.patched({"keys": {}}))
    assert [refused(a_body(CEREBRAS)) for _ in range(2)] == ["", "request_quota_exceeded"]


def test_an_invalid_request_costs_quota_only_when_limits_come_first() -> None:
    for order, expected in (("validation_first", 200), ("limits_first", 429)):
        world = a_world(cerebras_rpm=1, **{"guess.check_order": order})
        assert ask(world, top_k=1).status == 400
        assert ask(world).status == expected


def test_lenient_mode_takes_unknown_properties() -> None:
    assert ask(a_world(strict=False), top_k=1, temperature=9).status == 200


def test_the_requested_completion_counts_against_the_context_as_guessed() -> None:
    def big(counts: bool) -> str:
        world = a_world(**{"guess.context_counts_completion": counts})
        return ask(world, text="x" * 3_600 * 110, max_completion_tokens=32_000).code

    assert big(True) == "context_length_exceeded"
    assert big(False) == ""


def test_every_answer_has_the_edge_headers_and_success_its_id() -> None:
    world = a_world()
    good, bad = ask(world), ask(world, top_k=1)
    for result in (good, bad):
        names = dict(result.headers)
        assert names["server"] == "cloudflare"
        assert "x-ratelimit-remaining-tokens-minute" in names
    assert dict(good.headers)["inference-id"] == json_of(good)["id"]
    assert "inference-id" not in dict(bad.headers)
    assert (
        dict(ask(world, stream=True).headers)["content-type"] == "text/event-stream; charset=utf-8"
    )


def test_remaining_tokens_fall_with_use_and_unused_reservations_return() -> None:
    world = a_world()

    def remaining() -> int:
        headers = dict(get_models(world).headers)
        return int(headers["x-ratelimit-remaining-tokens-minute"])

    def get_models(world: Any) -> Any:
        return answer(
            world, a_request("/v1/models/zai-glm-4.7", {"model": "zai-glm-4.7"}, method="GET")
        )

    before = remaining()
    pending = answer(world, a_request(CEREBRAS, a_body(CEREBRAS)))
    assert before - remaining() > 16_000
    assert pending.on_done is not None
    pending.on_done()
    assert before - remaining() < 100


def test_credit_back_is_a_guess() -> None:
    world = a_world(cerebras_tpm=20_000, **{"guess.credit_back": False})
    assert [ask(world).status for _ in range(2)] == [200, 429]
    world = a_world(cerebras_tpm=20_000)
    assert [ask(world).status for _ in range(2)] == [200, 200]


def test_a_repeated_prompt_is_cached_and_costs_no_uncached_tokens() -> None:
    world = a_world()
    first, second = ask(world, text="long " * 500), ask(world, text="long " * 500)
    assert first.usage.cached_tokens == 0
    assert second.usage.cached_tokens >= 512
    assert second.usage.prompt_tokens == first.usage.prompt_tokens
    world.turn(world.knobs.patched({"prompt_cache": False}))
    assert ask(world, text="long " * 500).usage.cached_tokens == 0


def test_streams_and_whole_answers_agree() -> None:
    world = a_world()
    whole, stream = (
        ask(world, reasoning_effort="low"),
        ask(world, reasoning_effort="low", stream=True),
    )
    message = json_of(whole)["choices"][0]["message"]
    assert text_of(chunks_of(stream)) == message["content"]
    assert text_of(chunks_of(stream), "reasoning") == message["reasoning"]
    assert chunks_of(stream)[-1]["usage"]["completion_tokens"] == whole.usage.completion_tokens


def test_limits_and_stops_shape_the_answer() -> None:
    world = a_world(reply_tokens=100)
    short = ask(world, max_completion_tokens=10)
    assert (short.finish_reason, short.usage.completion_tokens) == ("length", 10)
    stopped = ask(world, stop=["brown"])
    assert json_of(stopped)["choices"][0]["message"]["content"] == "The quick "


@settings(max_examples=60, deadline=None)
@given(odd_bodies(CEREBRAS), st.booleans())
def test_no_body_makes_it_fail(body: dict[str, Any], strict: bool) -> None:
    result = answer(a_world(strict=strict), a_request(CEREBRAS, body))
    assert result.status in (200, 400, 404, 429)
