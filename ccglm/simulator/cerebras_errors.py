"""Cerebras' error answers: a flat JSON body, no `error` wrapper.

Texts are confirmed from recorded traffic and issue threads up to 2026-11 unless a comment says
otherwise; the guess switches choose between readings where nothing is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from ccglm.simulator.answer import Headers, Refused

if TYPE_CHECKING:
    from ccglm.simulator.knobs import Knobs

QUEUE_MESSAGE = "We're experiencing high traffic right now! Please try again soon."
MIXED_STRICT = (
    "Tools with mixed values for 'strict' are not allowed. "
    "Please set all tools to 'strict: true' or 'strict: false'"
)


def flat(
    status: int,
    message: str,
    *,
    kind: str,
    param: str,
    code: str,
    headers: Headers | None = None,
) -> Refused:
    """Return a refusal with Cerebras' flat body `{"message","type","param","code"}`."""
    body = orjson.dumps({"message": message, "type": kind, "param": param, "code": code})
    return Refused(status, body, code=code, message=message, headers=headers)


def invalid(message: str, knobs: Knobs, *, param: str = "validation_error") -> Refused:
    """Return the refusal of a request that is not well formed."""
    return flat(
        knobs.validation_status,
        message,
        kind="invalid_request_error",
        param=param,
        code="wrong_api_format",
    )


def unauthorized(knobs: Knobs) -> Refused:
    """Return the 401; body and code are a guess, so its shape is a switch."""
    refusal = flat(
        401, "Wrong API key", kind="invalid_request_error", param="api_key", code="wrong_api_key"
    )
    if knobs.guess.unauthorized_body == "nested":
        refusal.body = b'{"error":' + refusal.body + b"}"
    elif knobs.guess.unauthorized_body == "empty":
        refusal.body = b""
    return refusal


def forbidden() -> Refused:
    """Return the 403 of a key without permission (body guessed)."""
    return flat(
        403,
        "You do not have permission to access this resource.",
        kind="permission_denied_error",
        param="api_key",
        code="permission_denied",
    )


def payment_required() -> Refused:
    """Return the 402 of an account without credit."""
    return flat(
        402,
        "Payment required to access this resource. Visit your billing tab.",
        kind="payment_required_error",
        param="quota",
        code="payment_required",
    )


def model_not_found(model: str) -> Refused:
    """Return the 404 for a model this account does not have."""
    return flat(
        404,
        f"Model {model} does not exist or you do not have access to it.",
        kind="not_found_error",
        param="model",
        code="model_not_found",
    )


def context_exceeded(length: int, limit: int, knobs: Knobs) -> Refused:
    """Return the 400 for a prompt (and completion) that does not fit; lengths in tokens."""
    known = knobs.guess.context_error == "messages"
    return flat(
        400,
        "Please reduce the length of the messages or completion. "
        f"Current length is {length} while limit is {limit}",
        kind="invalid_request_error",
        param="messages" if known else "validation_error",
        code="context_length_exceeded" if known else "wrong_api_format",
    )


def request_quota(period: str, wait_s: float, knobs: Knobs) -> Refused:
    """Return the 429 of the request bucket.

    Args:
        period: minute, hour or day.
        wait_s: Seconds until a request would be admitted; infinite when never.
        knobs: Tell whether and how `retry-after` is sent.
    """
    return flat(
        429,
        f"Requests per {period} limit exceeded - too many requests sent.",
        kind="too_many_requests_error",
        param="quota",
        code="request_quota_exceeded",
        headers=_retry_after(knobs.retry_after_requests, wait_s),
    )


def token_quota(period: str, wait_s: float, knobs: Knobs, *, bucket: str = "") -> Refused:
    """Return the 429 of a token bucket; `bucket` (uncached, total) is named when a guess says so."""
    named = f"{bucket.capitalize()} tokens" if bucket and knobs.guess.bucket_named else "Tokens"
    return flat(
        429,
        f"{named} per {period} limit exceeded - too many tokens processed.",
        kind=knobs.token_error_type,
        param="quota",
        code="token_quota_exceeded",
        headers=_retry_after(knobs.retry_after_tokens, wait_s),
    )


def _retry_after(knob: int | str | None, wait_s: float) -> Headers:
    if knob is None:
        return []
    if knob == "computed":
        return [] if wait_s == float("inf") else [("retry-after", str(max(1, round(wait_s + 0.5))))]
    return [("retry-after", str(knob))]


def queue_exceeded() -> Refused:
    """Return the 429 of a busy cluster; it never carries retry-after."""
    return flat(
        429, QUEUE_MESSAGE, kind="too_many_requests_error", param="queue", code="queue_exceeded"
    )


def server_error(status: int, knobs: Knobs) -> Refused:
    """Return a 5xx: flat JSON for 500, for the others what the guess says the edge sends."""
    shape = "json" if status == 500 else knobs.guess.server_error_body
    if shape == "json":
        return flat(
            status,
            "Encountered a server error, please try again.",
            kind="server_error",
            param="",
            code="",
        )
    body = b"" if shape == "empty" else _edge_page(status)
    return Refused(status, body, message=f"edge {status}", content_type="text/html")


def _edge_page(status: int) -> bytes:
    titles = {502: "Bad gateway", 503: "Service unavailable", 504: "Gateway time-out"}
    title = titles.get(status, "Error")
    return (
        f"<!DOCTYPE html>\n<html>\n<head><title>api.cerebras.ai | {status}: {title}</title></head>\n"
        f"<body><h1>{title}</h1><p>Error code {status}</p><hr>cloudflare</body>\n</html>\n"
    ).encode()


def too_large() -> Refused:
    """Return the 413 with no body that very large requests got."""
    return Refused(413, b"", message="request entity too large")


def error_chunk() -> bytes:
    """Return the stream event of an error after the stream began (SDK type ErrorChunkResponse)."""
    error = {
        "message": QUEUE_MESSAGE,
        "type": "too_many_requests_error",
        "param": "queue",
        "code": "queue_exceeded",
        "id": "",
    }
    return b"data: " + orjson.dumps({"error": error, "status_code": 429}) + b"\n\n"
