from typing import Any

import orjson
import pytest

from ccglm.simulator import cerebras_errors as errors
from ccglm.simulator.answer import Refused
from ccglm.simulator.knobs import Knobs

KNOBS = Knobs()


def body(refused: Refused) -> dict[str, Any]:
    return orjson.loads(refused.body)


@pytest.mark.parametrize(
    ("refused", "status", "code"),
    [
        (errors.invalid("x", KNOBS), 400, "wrong_api_format"),
        (errors.unauthorized(KNOBS), 401, "wrong_api_key"),
        (errors.payment_required(), 402, "payment_required"),
        (errors.forbidden(), 403, "permission_denied"),
        (errors.model_not_found("m"), 404, "model_not_found"),
        (errors.context_exceeded(9, 8, KNOBS), 400, "context_length_exceeded"),
        (errors.request_quota("minute", 1, KNOBS), 429, "request_quota_exceeded"),
        (errors.token_quota("day", 1, KNOBS), 429, "token_quota_exceeded"),
        (errors.queue_exceeded(), 429, "queue_exceeded"),
        (errors.server_error(500, KNOBS), 500, ""),
    ],
)
def test_bodies_are_flat(refused: Refused, status: int, code: str) -> None:
    assert refused.status == status
    assert set(body(refused)) == {"message", "type", "param", "code"}
    assert body(refused)["code"] == refused.code == code


def test_the_recorded_texts_are_kept_to_the_letter() -> None:
    assert body(errors.model_not_found("zai-glm-4.7")) == {
        "message": "Model zai-glm-4.7 does not exist or you do not have access to it.",
        "type": "not_found_error",
        "param": "model",
        "code": "model_not_found",
    }
    assert body(errors.request_quota("minute", 1, KNOBS)) == {
        "message": "Requests per minute limit exceeded - too many requests sent.",
        "type": "too_many_requests_error",
        "param": "quota",
        "code": "request_quota_exceeded",
    }
    assert body(errors.token_quota("minute", 1, KNOBS)) == {
        "message": "Tokens per minute limit exceeded - too many tokens processed.",
        "type": "too_many_tokens_error",
        "param": "quota",
        "code": "token_quota_exceeded",
    }
    assert body(errors.context_exceeded(140_000, 131_072, KNOBS))["message"] == (
        "Please reduce the length of the messages or completion. "
        "Current length is 140000 while limit is 131072"
    )


def test_the_status_of_a_refused_body_is_a_knob() -> None:
    assert errors.invalid("x", Knobs(validation_status=422)).status == 422


@pytest.mark.parametrize(
    ("shape", "expected"),
    [("flat", b'{"message"'), ("nested", b'{"error":{"message"'), ("empty", b"")],
)
def test_the_shape_of_a_401_is_a_guess(shape: str, expected: bytes) -> None:
    refused = errors.unauthorized(KNOBS.patched({"guess.unauthorized_body": shape}))
    assert refused.status == 401
    assert refused.body.startswith(expected)
    assert bool(refused.body) == bool(expected)


def test_param_and_code_of_the_context_error_are_a_guess() -> None:
    knobs = KNOBS.patched({"guess.context_error": "validation"})
    assert body(errors.context_exceeded(9, 8, knobs))["code"] == "wrong_api_format"


@pytest.mark.parametrize(
    ("knob", "wait_s", "expected"),
    [
        (None, 5.0, []),
        (7, 5.0, [("retry-after", "7")]),
        ("computed", 5.2, [("retry-after", "6")]),
        ("computed", float("inf"), []),
    ],
)
def test_retry_after_is_absent_fixed_or_computed(
    knob: Any, wait_s: float, expected: list[tuple[str, str]]
) -> None:
    knobs = Knobs(retry_after_requests=knob, retry_after_tokens=knob)
    assert errors.request_quota("minute", wait_s, knobs).headers == expected
    assert errors.token_quota("minute", wait_s, knobs).headers == expected


def test_a_full_queue_never_says_when_to_come_back() -> None:
    assert errors.queue_exceeded().headers == []


def test_the_type_and_the_bucket_of_a_token_429_are_switches() -> None:
    knobs = Knobs(token_error_type="too_many_requests_error").patched({"guess.bucket_named": True})
    refused = body(errors.token_quota("minute", 1, knobs, bucket="uncached"))
    assert refused["type"] == "too_many_requests_error"
    assert refused["message"].startswith("Uncached tokens per minute")


def test_the_edge_answers_in_html_and_without_a_body() -> None:
    page = errors.server_error(502, KNOBS)
    assert page.content_type == "text/html"
    assert b"<html>" in page.body
    assert errors.server_error(503, KNOBS.patched({"guess.server_error_body": "empty"})).body == b""
    json_page = errors.server_error(504, KNOBS.patched({"guess.server_error_body": "json"}))
    assert body(json_page)["type"] == "server_error"
    assert (errors.too_large().status, errors.too_large().body) == (413, b"")


def test_an_error_inside_a_stream_carries_its_status() -> None:
    event = orjson.loads(errors.error_chunk().removeprefix(b"data: "))
    assert event["status_code"] == 429
    assert event["error"]["code"] == "queue_exceeded"
