"""What leaves for Cerebras, and what its refusals mean."""

from __future__ import annotations

from typing import Any

import pytest

from callbacks.dialects.causes import Cause
from callbacks.dialects.cerebras import DEFAULT_RESERVE_TOKENS, Cerebras, rules_for
from callbacks.translate.context import ReplyContext
from tests.helpers.dialects import CEREBRAS_FACTS, a_refusal, a_target, facts

DIALECT = Cerebras()
TARGET = a_target(facts(CEREBRAS_FACTS), "https://api.cerebras.invalid/v1")
BODY: dict[str, Any] = {
    "model": "main",
    "max_tokens": 32_000,
    "messages": [{"role": "user", "content": "hi"}],
    "top_k": 5,
    "metadata": {"user_id": "u"},
    "context_management": {"edits": []},
    "stream": True,
}


def test_only_known_properties_leave() -> None:
    request = DIALECT.request(BODY, TARGET)
    assert request.body["model"] == "zai-glm-4.7"
    assert not {"top_k", "metadata", "context_management", "max_tokens"} & set(request.body)
    assert request.body["max_completion_tokens"] == DEFAULT_RESERVE_TOKENS
    assert request.body["clear_thinking"] is False
    assert request.context.requested_model == "main"


def test_the_settings_may_reserve_more_or_less() -> None:
    target = a_target(facts(CEREBRAS_FACTS), reserve_tokens=8192)
    assert DIALECT.request(BODY, target).body["max_completion_tokens"] == 8192


def test_the_key_goes_into_the_header_and_nowhere_else() -> None:
    assert DIALECT.url(TARGET) == "https://api.cerebras.invalid/v1/chat/completions"
    assert DIALECT.headers(TARGET)["authorization"] == "Bearer the-key"
    assert "the-key" not in str(DIALECT.request(BODY, TARGET).body)


def test_thinking_of_earlier_turns_goes_where_the_model_reads_it() -> None:
    assert rules_for(TARGET).reasoning_history == "reasoning"
    assert "reasoning" in rules_for(TARGET).message_keys["assistant"]
    silent = a_target(facts(CEREBRAS_FACTS, reasoning_history="none", clear_thinking=False))
    assert rules_for(silent).reasoning_history == ""
    assert "reasoning" not in rules_for(silent).message_keys["assistant"]
    assert "clear_thinking" not in rules_for(silent).extra_body


def test_a_whole_answer_and_a_stream_are_translated() -> None:
    context = ReplyContext("main", "msg_1")
    answer = {
        "choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": "hi"}}]
    }
    assert DIALECT.message(answer, context)["content"] == [{"type": "text", "text": "hi"}]
    assert DIALECT.stream(context).done is False


CODES = [
    (401, "wrong_api_key", Cause.AUTH),
    (402, "payment_required", Cause.PAYMENT),
    (404, "model_not_found", Cause.MODEL_MISSING),
    (429, "request_quota_exceeded", Cause.REQUEST_QUOTA),
    (429, "token_quota_exceeded", Cause.TOKEN_QUOTA),
    (429, "queue_exceeded", Cause.QUEUE_FULL),
    (400, "context_length_exceeded", Cause.CONTEXT_OVERFLOW),
    (400, "wrong_api_format", Cause.BAD_REQUEST),
]


@pytest.mark.parametrize(("status", "code", "cause"), CODES)
def test_its_codes_name_causes(status: int, code: str, cause: Cause) -> None:
    refusal = a_refusal(status, f'{{"message":"because","code":"{code}"}}')
    assert DIALECT.fault(refusal, TARGET).cause is cause


def test_an_overflow_is_known_by_its_words_alone_and_keeps_the_numbers() -> None:
    text = '{"message":"Please reduce the length of the messages or completion. Current length is 140000 while limit is 131072"}'
    fault = DIALECT.fault(a_refusal(400, text), TARGET)
    assert fault.sentence == "prompt is too long: 140000 tokens > 131072 maximum"


def test_an_empty_413_is_an_overflow_too() -> None:
    fault = DIALECT.fault(a_refusal(413, estimated_tokens=900_000), TARGET)
    assert fault.sentence == "prompt is too long: 900000 tokens > 131072 maximum"


TOKEN_QUOTA = '{"message":"Tokens per minute limit exceeded","code":"token_quota_exceeded"}'


def test_the_reset_header_of_the_token_bucket_is_the_wait() -> None:
    headers = {"x-ratelimit-reset-tokens-minute": "11.38"}
    assert (
        DIALECT.fault(a_refusal(429, TOKEN_QUOTA, headers=headers), TARGET).retry_after_s == 11.38
    )
    both = {**headers, "retry-after": "3"}
    assert DIALECT.fault(a_refusal(429, TOKEN_QUOTA, headers=both), TARGET).retry_after_s == 3.0


@pytest.mark.parametrize(
    ("headers", "tokens", "cause"),
    [
        ({}, 90_000, Cause.TOKEN_QUOTA),
        ({"x-ratelimit-limit-tokens-minute": "60000"}, 90_000, Cause.OVERSIZE_REQUEST),
        ({"x-ratelimit-limit-tokens-minute": "60000", "x-ratelimit-remaining-tokens-minute": "10"}, 20_000, Cause.TOKEN_QUOTA),
        ({"x-ratelimit-limit-tokens-minute": "60000", "x-ratelimit-remaining-tokens-minute": "60000"}, 20_000, Cause.OVERSIZE_REQUEST),
        ({"x-ratelimit-limit-tokens-minute": "many"}, 90_000, Cause.TOKEN_QUOTA),
    ],
)  # fmt: skip
def test_a_request_larger_than_the_bucket_is_told_from_an_empty_bucket(
    headers: dict[str, str], tokens: int, cause: Cause
) -> None:
    refusal = a_refusal(
        429, TOKEN_QUOTA, headers=headers, estimated_tokens=tokens, reserved_tokens=16_384
    )
    assert DIALECT.fault(refusal, TARGET).cause is cause
