from datetime import UTC, datetime

import orjson
import pytest

from ccglm.simulator.knobs import Knobs
from ccglm.simulator.zai_errors import TEXTS, beijing_text, error_event, refusal, request_id
from tests.helpers.provider_calls import ZAI_ANTHROPIC, ZAI_CODING, ZAI_OPENAI, a_request

NOW = datetime(2026, 11, 20, 22, 28, 10, tzinfo=UTC)
OPENAI, ANTHROPIC = a_request(ZAI_OPENAI), a_request(ZAI_ANTHROPIC)
KNOBS = Knobs()


@pytest.mark.parametrize("code", TEXTS)
def test_every_code_has_a_body_on_every_surface(code: str) -> None:
    for path in (ZAI_OPENAI, ZAI_CODING, ZAI_ANTHROPIC):
        for wording in ("first", "second"):
            knobs = KNOBS.patched({"guess.wording": wording})
            refused = refusal(code, a_request(path), knobs, reset_at=NOW, now=NOW)
            error = orjson.loads(refused.body)["error"]
            assert error["code"] == code
            assert "{" not in error["message"].replace("{api_name}", "")
            assert refused.headers == []


def test_openai_bodies_are_nested_with_a_string_code() -> None:
    refused = refusal("1302", OPENAI, KNOBS)
    assert refused.status == 429
    assert refused.body == b'{"error":{"code":"1302","message":"Rate limit reached for requests"}}'


def test_codes_can_be_numbers() -> None:
    knobs = KNOBS.patched({"guess.zai_numeric_code": True})
    assert orjson.loads(refusal("1302", OPENAI, knobs).body)["error"]["code"] == 1302


def test_a_reset_time_is_beijing_time_without_a_zone() -> None:
    refused = refusal("1308", OPENAI, KNOBS, reset_at=NOW, now=NOW)
    body = orjson.loads(refused.body)
    assert body["error"]["message"] == (
        "Usage limit reached for 5 hour. Your limit will reset at 2026-11-21 06:28:10"
    )
    assert body["request_id"].startswith("20261121062810")
    assert beijing_text(NOW) == "2026-11-21 06:28:10"


def test_anthropic_bodies_have_type_code_and_brackets() -> None:
    refused = refusal("1305", ANTHROPIC, KNOBS, now=NOW)
    body = orjson.loads(refused.body)
    assert refused.status == 529
    assert body["type"] == "error"
    assert body["error"]["type"] == "overloaded_error"
    assert body["error"]["message"] == (
        "[1305][The service may be temporarily overloaded, please try again later]"
        f"[{body['request_id']}]"
    )


def test_overload_is_529_only_on_the_anthropic_surface() -> None:
    assert refusal("1305", OPENAI, KNOBS).status == 429


def test_the_five_hour_quota_has_no_outer_type() -> None:
    body = orjson.loads(refusal("1308", ANTHROPIC, KNOBS, reset_at=NOW).body)
    assert set(body) == {"error", "request_id"}
    assert body["error"]["message"].startswith("Usage limit reached for 5 hour.")


@pytest.mark.parametrize(
    ("request_", "guess", "message"),
    [
        (OPENAI, "new", "Prompt too long"),
        (OPENAI, "old", "Prompt exceeds max length"),
        (ANTHROPIC, "new", "[1261][prompt is too long]"),
    ],
)
def test_a_long_prompt_has_two_wordings(request_: object, guess: str, message: str) -> None:
    knobs = KNOBS.patched({"guess.zai_prompt_too_long": guess})
    refused = refusal("1261", request_, knobs)  # pyright: ignore[reportArgumentType] - ApiRequest
    assert refused.status == 400
    assert orjson.loads(refused.body)["error"]["message"].startswith(message)


def test_request_ids_start_with_beijing_time_and_differ() -> None:
    assert request_id(NOW).startswith("20261121062810")
    assert request_id(NOW) != request_id(NOW)


def test_an_error_inside_a_stream_is_in_the_surfaces_form() -> None:
    assert error_event(OPENAI, NOW).startswith(b'data: {"error":{"code":"1234"')
    assert error_event(ANTHROPIC, NOW).startswith(b'event: error\ndata: {"type":"error"')
