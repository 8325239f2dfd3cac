"""Our faults as LiteLLM's exceptions, and back."""

from __future__ import annotations

import httpx
import openai
import pytest
from litellm.exceptions import (
    APIConnectionError,
    BadRequestError,
    ContentPolicyViolationError,
    ContextWindowExceededError,
    InternalServerError,
    RateLimitError,
)

from callbacks.dialects.causes import Cause, Fault
from callbacks.litellm_errors import fault_of, litellm_error, plain_words

STATUSES = {
    Cause.REQUEST_QUOTA: 429, Cause.TOKEN_QUOTA: 429, Cause.PLAN_QUOTA: 429, Cause.CONCURRENCY: 429,
    Cause.OVERSIZE_REQUEST: 400, Cause.QUEUE_FULL: 503, Cause.OVERLOADED: 503, Cause.AUTH: 401, Cause.PERMISSION: 403,
    Cause.PLAN_REFUSED: 403, Cause.BALANCE: 402, Cause.PAYMENT: 402, Cause.MODEL_MISSING: 404, Cause.BAD_REQUEST: 400,
    Cause.CONTEXT_OVERFLOW: 400, Cause.BODY_TOO_LARGE: 400, Cause.CONTENT_FILTER: 400, Cause.SERVER_ERROR: 500,
    Cause.EDGE_ERROR: 500, Cause.UNREACHABLE: 500, Cause.RESET: 500, Cause.STREAM_FAULT: 500, Cause.EMPTY_REPLY: 500,
    Cause.TIMEOUT: 408,
}  # fmt: skip


def a_fault(cause: Cause, **rest: float) -> Fault:
    return Fault(cause, "cerebras", "zai-glm-4.7", "CEREBRAS_API_KEY", "because", **rest)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("cause", Cause)
def test_every_cause_becomes_an_exception_the_router_knows(cause: Cause) -> None:
    fault = a_fault(cause)
    error = litellm_error(fault)
    assert isinstance(error, openai.APIError)
    assert error.status_code == STATUSES[cause]  # pyright: ignore[reportAttributeAccessIssue]
    assert error.message == fault.sentence  # pyright: ignore[reportAttributeAccessIssue]
    assert fault_of(error, "other", "other", "OTHER") is fault


def test_the_router_is_told_how_long_to_rest() -> None:
    error = litellm_error(a_fault(Cause.REQUEST_QUOTA, retry_after_s=58.0))
    assert isinstance(error, RateLimitError)
    assert error.response.headers["retry-after"] == "58"
    refused = litellm_error(a_fault(Cause.BAD_REQUEST))
    assert isinstance(refused, BadRequestError)
    assert "retry-after" not in refused.response.headers


def test_exceptions_of_litellms_own_adapters_are_explained() -> None:
    response = httpx.Response(
        429, headers={"Retry-After": "7"}, request=httpx.Request("POST", "http://x.invalid")
    )
    error = RateLimitError(
        "RateLimitError: OpenrouterException - slow down", "openrouter", "m", response=response
    )
    fault = fault_of(error, "openrouter", "m", "OPENROUTER_API_KEY")
    assert (fault.cause, fault.detail, fault.retry_after_s) == (
        Cause.REQUEST_QUOTA,
        "slow down",
        7.0,
    )


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (ContextWindowExceededError("too long", "m", "p"), Cause.CONTEXT_OVERFLOW),
        (ContentPolicyViolationError("no", "m", "p"), Cause.CONTENT_FILTER),
        (APIConnectionError("no route", "p", "m"), Cause.UNREACHABLE),
        (InternalServerError("oh", "p", "m"), Cause.SERVER_ERROR),
        (ValueError("odd"), Cause.SERVER_ERROR),
    ],
)
def test_their_classes_name_causes(error: Exception, cause: Cause) -> None:
    assert fault_of(error, "p", "m", "KEY").cause is cause


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (
            "litellm.RateLimitError: RateLimitError: CerebrasException - busy. Received Model Group=main",
            "busy",
        ),
        (
            "litellm.BadRequestError: OpenAIException - bad\nTraceback (most recent call last)",
            "bad",
        ),
        (
            "anthropic_messages: Missing required parameter: 'max_tokens'.",
            "Missing required parameter: 'max_tokens'.",
        ),
        ("plain: words - here", "plain: words - here"),
        ("litellm.Timeout: it took too long", "it took too long"),
        ("No deployments Available Model Group Fallbacks=None", "No deployments"),
    ],
)
def test_litellms_names_are_taken_off(message: str, words: str) -> None:
    assert plain_words(message) == words
