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


def _other(**parts: Any) -> Exception:
    parts.pop("response")
    return APIError(status_code=402, **parts)


def _timeout(**parts: Any) -> Exception:
    parts.pop("response")
    return Timeout(**parts)


# The class, and the status by which the Router decides whether the deployment rests.
_CLASSES: Mapping[Cause, tuple[Raisable, int]] = {
    Cause.REQUEST_QUOTA: (RateLimitError, 429),
    Cause.TOKEN_QUOTA: (RateLimitError, 429),
    Cause.PLAN_QUOTA: (RateLimitError, 429),
    Cause.CONCURRENCY: (RateLimitError, 429),
    Cause.OVERSIZE_REQUEST: (BadRequestError, 400),
    Cause.QUEUE_FULL: (ServiceUnavailableError, 503),
    Cause.OVERLOADED: (ServiceUnavailableError, 503),
    Cause.AUTH: (AuthenticationError, 401),
    Cause.PERMISSION: (PermissionDeniedError, 403),
    Cause.PLAN_REFUSED: (PermissionDeniedError, 403),
    Cause.BALANCE: (_other, 402),
    Cause.PAYMENT: (_other, 402),
    Cause.MODEL_MISSING: (NotFoundError, 404),
    Cause.BAD_REQUEST: (BadRequestError, 400),
    Cause.CONTEXT_OVERFLOW: (ContextWindowExceededError, 400),
    Cause.BODY_TOO_LARGE: (ContextWindowExceededError, 400),
    Cause.CONTENT_FILTER: (ContentPolicyViolationError, 400),
    Cause.SERVER_ERROR: (InternalServerError, 500),
    Cause.EDGE_ERROR: (InternalServerError, 500),
    Cause.UNREACHABLE: (InternalServerError, 500),
    Cause.RESET: (InternalServerError, 500),
    Cause.STREAM_FAULT: (InternalServerError, 500),
    Cause.EMPTY_REPLY: (InternalServerError, 500),
    Cause.TIMEOUT: (_timeout, 408),
}


def litellm_error(fault: Fault) -> Exception:
    """Return the exception that makes LiteLLM's Router treat a fault as its cause asks."""
    wait_s = fault.wait_s()
    headers = {} if wait_s is None else {"retry-after": str(capped_retry_after(wait_s))}
    kind, status = _CLASSES[fault.cause]
    response = httpx.Response(
        status, headers=headers, request=httpx.Request("POST", "https://provider.invalid")
    )
    error = kind(
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
    for mark in (". Received Model Group=", " Received Model Group=", " Available Model Group"):
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
