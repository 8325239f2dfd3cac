"""Between our faults and the exceptions LiteLLM's Router understands, in both directions.

The class decides what the Router does: 429, 401, 402 and 404 cool the deployment, 400 does not, 5xx do when
they are frequent. Only LiteLLM's public exception classes are used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import httpx
from litellm.exceptions import (
    APIConnectionError,
    APIError,
    AuthenticationError,
    BadRequestError,
    ContentPolicyViolationError,
    ContextWindowExceededError,
    InternalServerError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServiceUnavailableError,
    Timeout,
)

from callbacks.dialects.base import Refusal, cause_of_status
from callbacks.dialects.causes import Cause, Fault, capped_retry_after
from callbacks.dialects.error_body import clean, read_error_body, retry_after_s
from callbacks.translate.json_values import as_object

FAULT_ATTRIBUTE: Final = "ccglm_fault"

Raisable = Callable[..., Exception]


def _status_error(status: int) -> Raisable:
    def make(**parts: Any) -> Exception:
        parts.pop("response")
        return APIError(status_code=status, **parts)

    return make


def _timeout(**parts: Any) -> Exception:
    parts.pop("response")
    return Timeout(**parts)


_CLASSES: Mapping[Cause, Raisable] = {
    Cause.REQUEST_QUOTA: RateLimitError,
    Cause.TOKEN_QUOTA: RateLimitError,
    Cause.PLAN_QUOTA: RateLimitError,
    Cause.CONCURRENCY: RateLimitError,
    Cause.OVERSIZE_REQUEST: BadRequestError,
    Cause.QUEUE_FULL: ServiceUnavailableError,
    Cause.OVERLOADED: ServiceUnavailableError,
    Cause.AUTH: AuthenticationError,
    Cause.PERMISSION: PermissionDeniedError,
    Cause.PLAN_REFUSED: PermissionDeniedError,
    Cause.BALANCE: _status_error(402),
    Cause.PAYMENT: _status_error(402),
    Cause.MODEL_MISSING: NotFoundError,
    Cause.BAD_REQUEST: BadRequestError,
    Cause.CONTEXT_OVERFLOW: ContextWindowExceededError,
    Cause.BODY_TOO_LARGE: ContextWindowExceededError,
    Cause.CONTENT_FILTER: ContentPolicyViolationError,
    Cause.SERVER_ERROR: InternalServerError,
    Cause.EDGE_ERROR: InternalServerError,
    Cause.UNREACHABLE: InternalServerError,
    Cause.RESET: InternalServerError,
    Cause.STREAM_FAULT: InternalServerError,
    Cause.EMPTY_REPLY: InternalServerError,
    Cause.TIMEOUT: _timeout,
}


def litellm_error(fault: Fault) -> Exception:
    """Return the exception that makes LiteLLM's Router treat a fault as its cause asks."""
    wait_s = fault.wait_s()
    headers = {} if wait_s is None else {"retry-after": str(capped_retry_after(wait_s))}
    status = fault.status or fault.rule.client_status
    response = httpx.Response(
        status, headers=headers, request=httpx.Request("POST", "https://provider.invalid")
    )
    error = _CLASSES[fault.cause](
        message=fault.sentence, model=fault.model, llm_provider=fault.provider, response=response
    )
    # LiteLLM puts its class name in front of the message; the client must see the sentence only.
    error.message = fault.sentence  # pyright: ignore[reportAttributeAccessIssue]
    setattr(error, FAULT_ATTRIBUTE, fault)
    return error


def fault_of(error: BaseException, provider: str, model: str, key_label: str) -> Fault:
    """Return the fault an exception stands for, also one from LiteLLM's own adapters.

    Args:
        error: What was raised for one deployment.
        provider: Provider of that deployment.
        model: Model id at the provider.
        key_label: Name of the key's variable.
    """
    fault = getattr(error, FAULT_ATTRIBUTE, None)
    if isinstance(fault, Fault):
        return fault
    status = getattr(error, "status_code", None)
    body = read_error_body(plain_words(str(getattr(error, "message", error))))
    refusal = Refusal(status if isinstance(status, int) else None, {}, body)
    return Fault(
        cause=_cause_of(error, refusal),
        provider=provider,
        model=model,
        key_label=key_label,
        detail=body.message or "no reason given",
        status=refusal.status,
        retry_after_s=retry_after_s(_headers_of(error)),
    )


def _headers_of(error: BaseException) -> dict[str, str]:
    """Return the provider's response headers that LiteLLM kept with an exception, names in lower case."""
    for holder in (error, getattr(error, "response", None)):
        for name in ("litellm_response_headers", "headers"):
            headers = getattr(holder, name, None)
            if isinstance(headers, httpx.Headers):
                return dict(headers)
            if as_object(headers):
                return {str(k).lower(): str(v) for k, v in as_object(headers).items()}
    return {}


def _cause_of(error: BaseException, refusal: Refusal) -> Cause:
    if isinstance(error, ContextWindowExceededError):
        return Cause.CONTEXT_OVERFLOW
    if isinstance(error, ContentPolicyViolationError):
        return Cause.CONTENT_FILTER
    if isinstance(error, APIConnectionError):
        return Cause.UNREACHABLE
    return cause_of_status(refusal)


def plain_words(message: str) -> str:
    """Return a message without LiteLLM's class names in front and its notes behind.

    Args:
        message: Such as `litellm.RateLimitError: RateLimitError: CerebrasException - busy. Received Model
            Group=main`.
    """
    text = message.split("\n", 1)[0].removeprefix("anthropic_messages: ")
    for mark in (" Received Model Group=", ". Received Model Group=", " Available Model Group"):
        text = text.split(mark, 1)[0]
    while True:
        head, colon, rest = text.partition(": ")
        word = head.removeprefix("litellm.")
        if not colon or " " in word or not word.endswith(("Error", "Exception", "Timeout")):
            break
        text = rest
    head, dash, rest = text.partition(" - ")
    if dash and " " not in head and head.endswith(("Exception", "Error")):
        text = rest
    return clean(text)
