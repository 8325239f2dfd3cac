"""The one place that words an error for the client: Anthropic's envelope, or OpenAI's on its own routes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from callbacks.dialects.causes import Cause, Verdict, capped_retry_after, verdict_of
from callbacks.dialects.error_body import read_error_body
from callbacks.hooks.validity import details_of
from callbacks.litellm_errors import plain_words
from callbacks.request_context import RequestContext

_TYPES: Mapping[int, str] = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    422: "invalid_request_error",
    429: "rate_limit_error",
    503: "overloaded_error",
    504: "timeout_error",
    529: "overloaded_error",
}
UNKNOWN_CLIENT = (
    "the proxy does not know this token: `ccglm claude-env` prints the settings with the right one"
)
_NOBODY_FREE = (
    "everything that could serve `{group}` is resting after errors; try again in a moment"
)
_NO_DATABASE_MARK = "No connected db"
_NO_ROOM_MARK = "No deployments available"
_OUR_FAULT = "the proxy failed to serve this request"

_RESTING_S = 5.0


def verdict_for(context: RequestContext, status: int, body: bytes) -> Verdict:
    """Return what to tell the client of a failed request.

    Args:
        context: The request; its own refusal, or the faults of its attempts, tell more than LiteLLM does.
        status: The status LiteLLM would send.
        body: The body LiteLLM would send.
    """
    if context.refusal is not None:
        return context.refusal
    faults = [hop.fault for hop in context.hops if hop.fault is not None]
    if faults:
        return verdict_of(faults)
    said = read_error_body(body).message
    # Without a database LiteLLM says "No connected db." of any token that is not the master key.
    if status == 401 or said.startswith(_NO_DATABASE_MARK):
        return Verdict(401, "authentication_error", UNKNOWN_CLIENT, None, should_retry=False)
    if _NO_ROOM_MARK in said:
        message = _NOBODY_FREE.format(group=context.group or context.requested_model)
        wait_s = capped_retry_after(_RESTING_S)
        return Verdict(429, "rate_limit_error", message, wait_s, should_retry=True)
    kind = _TYPES.get(status, "api_error" if status >= 500 else "invalid_request_error")
    return Verdict(status, kind, plain_words(said) or _OUR_FAULT, None, should_retry=True)


def as_body(verdict: Verdict, context: RequestContext) -> bytes:
    """Return the error as the JSON body the client's kind of API expects."""
    if context.path.startswith("/v1/messages"):
        return orjson.dumps({**_envelope(verdict), "request_id": context.request_id})
    error: dict[str, Any] = {
        "message": verdict.message,
        "type": verdict.error_type,
        "param": None,
        "code": str(verdict.status),
    }
    return orjson.dumps({"error": error})


def as_event(verdict: Verdict, context: RequestContext) -> bytes:
    """Return the error as the last event of a stream that has been opened already."""
    if context.path.startswith("/v1/messages"):
        return b"event: error\ndata: " + orjson.dumps(_envelope(verdict)) + b"\n\n"
    return b"data: " + as_body(verdict, context) + b"\n\n"


def _envelope(verdict: Verdict) -> dict[str, Any]:
    error: dict[str, Any] = {"type": verdict.error_type, "message": verdict.message}
    if details := details_of(verdict.message):
        error["details"] = details
    return {"type": "error", "error": error}


def error_headers(verdict: Verdict) -> list[tuple[bytes, bytes]]:
    """Return the headers that tell the client whether and when to try again."""
    headers: list[tuple[bytes, bytes]] = []
    if verdict.retry_after_s is not None:
        headers.append((b"retry-after", str(verdict.retry_after_s).encode()))
    if not verdict.should_retry:
        headers.append((b"x-should-retry", b"false"))
    return headers


def request_id_header(context: RequestContext) -> tuple[bytes, bytes]:
    """Return the header by which the log and the usage store know a request; true before anybody serves it."""
    return (b"x-ccglm-request-id", context.request_id.encode())


def context_headers(context: RequestContext) -> list[tuple[bytes, bytes]]:
    """Return the headers that say who served a request, and why not the first."""
    headers = [request_id_header(context)]
    hop = context.served_by
    if hop is not None:
        headers.append((b"x-ccglm-served-by", hop.member.encode("latin-1", "replace")))
        if context.fell_back_from is not None:
            cause = context.fell_back_from.cause or Cause.SERVER_ERROR.value
            headers.append((b"x-ccglm-fallback", cause.encode()))
    return headers
