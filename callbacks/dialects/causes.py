"""What went wrong decides what happens: the one table of causes, and the fault that carries one.

A dialect reads a provider's answer and names a `Cause`; the table says whether to try the same deployment
again, another key, another provider, or to tell the client, and what the client is told. Pure: no LiteLLM,
no I/O.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

MAX_RETRY_AFTER_S = 60
"""Claude Code gives up at once on a longer `retry-after` (client 2.1.329, measured 2026-11-20)."""


class Cause(StrEnum):
    """Why an attempt failed."""

    REQUEST_QUOTA = "request_quota"
    TOKEN_QUOTA = "token_quota"  # noqa: S105  a name, not a secret
    OVERSIZE_REQUEST = "oversize_request"
    QUEUE_FULL = "queue_full"
    CONCURRENCY = "concurrency"
    OVERLOADED = "overloaded"
    PLAN_QUOTA = "plan_quota"
    PLAN_REFUSED = "plan_refused"
    BALANCE = "balance"
    PAYMENT = "payment"
    AUTH = "auth"
    PERMISSION = "permission"
    MODEL_MISSING = "model_missing"
    BAD_REQUEST = "bad_request"
    CONTEXT_OVERFLOW = "context_overflow"
    BODY_TOO_LARGE = "body_too_large"
    CONTENT_FILTER = "content_filter"
    SERVER_ERROR = "server_error"
    EDGE_ERROR = "edge_error"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    RESET = "reset"
    STREAM_FAULT = "stream_fault"
    EMPTY_REPLY = "empty_reply"


class Remedy(StrEnum):
    """What to do after a failed attempt, while the client has seen nothing of its answer."""

    RETRY = "retry"  # the same deployment once more, then as NEXT_KEY
    NEXT_KEY = "next_key"  # another key of the same member, then the next member
    NEXT_MEMBER = "next_member"  # the next member of the chain; another key would not help
    LARGER = "larger"  # only a member with a larger context window, else tell the client
    TELL = "tell"  # nobody else is asked


class Lasting(StrEnum):
    """How long the cause is likely to last for the same key and model."""

    REQUEST = "request"  # it is about this one request
    SHORT = "short"  # seconds
    STATED = "stated"  # until the time the provider named, else a minute
    FIXED = "fixed"  # until somebody changes something


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table.

    Attributes:
        remedy: What to do next.
        lasting: How long it lasts.
        client_status: HTTP status for the client when nobody else can serve. Never 401: Claude Code retries that
            for three minutes and then says "Not logged in".
        error_type: Anthropic error type for the client.
        says: Sentence for the person; `{who}`, `{key}`, `{model}` and `{detail}` are filled in.
    """

    remedy: Remedy
    lasting: Lasting
    client_status: int
    error_type: str
    says: str


_FIX_KEY = "put a working key into `.env` as `{key}`, then restart with `ccglm down` and `ccglm up`"

RULES: Mapping[Cause, Rule] = {
    Cause.REQUEST_QUOTA: Rule(
        Remedy.NEXT_KEY, Lasting.STATED, 429, "rate_limit_error",
        "{who} has no requests left for the key in `{key}`: {detail}",
    ),
    Cause.TOKEN_QUOTA: Rule(
        Remedy.NEXT_KEY, Lasting.STATED, 429, "rate_limit_error",
        "{who} has no tokens left for the key in `{key}`: {detail}",
    ),
    Cause.OVERSIZE_REQUEST: Rule(
        Remedy.NEXT_KEY, Lasting.REQUEST, 429, "rate_limit_error",
        "this request is larger than {who} ever admits for the key in `{key}`: {detail}",
    ),
    Cause.QUEUE_FULL: Rule(
        Remedy.RETRY, Lasting.SHORT, 529, "overloaded_error", "{who} is busy: {detail}",
    ),
    Cause.CONCURRENCY: Rule(
        Remedy.RETRY, Lasting.SHORT, 429, "rate_limit_error",
        "{who} takes no more requests at once for the key in `{key}`: {detail}",
    ),
    Cause.OVERLOADED: Rule(
        Remedy.NEXT_MEMBER, Lasting.SHORT, 529, "overloaded_error", "{who} is overloaded: {detail}",
    ),
    Cause.PLAN_QUOTA: Rule(
        Remedy.NEXT_KEY, Lasting.STATED, 429, "rate_limit_error",
        "the {who} plan of the key in `{key}` is used up: {detail}",
    ),
    Cause.PLAN_REFUSED: Rule(
        Remedy.NEXT_KEY, Lasting.FIXED, 403, "permission_error",
        "the {who} plan of the key in `{key}` does not serve this: {detail}",
    ),
    Cause.BALANCE: Rule(
        Remedy.NEXT_KEY, Lasting.FIXED, 402, "billing_error",
        "{who} has no balance or package for the key in `{key}`: {detail} (add credit at {who}, or check that "
        "the key belongs to the surface in `ccglm.yaml`)",
    ),
    Cause.PAYMENT: Rule(
        Remedy.NEXT_KEY, Lasting.FIXED, 402, "billing_error",
        "{who} wants payment for the key in `{key}`: {detail} (see the billing page of {who})",
    ),
    Cause.AUTH: Rule(
        Remedy.NEXT_KEY, Lasting.FIXED, 403, "permission_error",
        "{who} refused the key in `{key}`: {detail} (" + _FIX_KEY + ")",
    ),
    Cause.PERMISSION: Rule(
        Remedy.NEXT_KEY, Lasting.FIXED, 403, "permission_error",
        "{who} does not allow this with the key in `{key}`: {detail} (" + _FIX_KEY + ")",
    ),
    Cause.MODEL_MISSING: Rule(
        Remedy.NEXT_KEY, Lasting.FIXED, 404, "not_found_error",
        "{who} does not serve model `{model}` to the key in `{key}`: {detail} (`ccglm models` lists what there is)",
    ),
    Cause.BAD_REQUEST: Rule(
        Remedy.NEXT_MEMBER, Lasting.REQUEST, 400, "invalid_request_error",
        "{who} refused the request: {detail}",
    ),
    Cause.CONTEXT_OVERFLOW: Rule(
        Remedy.LARGER, Lasting.REQUEST, 400, "invalid_request_error", "{detail}",
    ),
    Cause.BODY_TOO_LARGE: Rule(
        Remedy.LARGER, Lasting.REQUEST, 400, "invalid_request_error", "{detail}",
    ),
    Cause.CONTENT_FILTER: Rule(
        Remedy.TELL, Lasting.REQUEST, 400, "invalid_request_error",
        "{who} refused the content of this conversation: {detail}",
    ),
    Cause.SERVER_ERROR: Rule(
        Remedy.NEXT_MEMBER, Lasting.SHORT, 502, "api_error", "{who} failed: {detail}",
    ),
    Cause.EDGE_ERROR: Rule(
        Remedy.NEXT_MEMBER, Lasting.SHORT, 502, "api_error", "{who} cannot be reached: {detail}",
    ),
    Cause.TIMEOUT: Rule(
        Remedy.NEXT_MEMBER, Lasting.SHORT, 502, "api_error", "{who} did not answer: {detail}",
    ),
    Cause.UNREACHABLE: Rule(
        Remedy.NEXT_MEMBER, Lasting.SHORT, 502, "api_error", "{who} cannot be reached: {detail}",
    ),
    Cause.RESET: Rule(
        Remedy.NEXT_MEMBER, Lasting.SHORT, 502, "api_error", "{who} closed the connection: {detail}",
    ),
    Cause.STREAM_FAULT: Rule(
        Remedy.NEXT_MEMBER, Lasting.REQUEST, 502, "api_error", "the answer of {who} was faulty: {detail}",
    ),
    Cause.EMPTY_REPLY: Rule(
        Remedy.RETRY, Lasting.REQUEST, 502, "api_error", "{who} gave no usable answer: {detail}",
    ),
}  # fmt: skip

PROVIDER_NAMES: Mapping[str, str] = {"cerebras": "Cerebras", "zai": "Z.ai"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One failed attempt, explained.

    Attributes:
        cause: What went wrong.
        provider: Provider name, `cerebras`.
        model: Model id at the provider.
        key_label: Name of the key's variable.
        detail: The provider's own words, cleaned, or ours; part of a sentence.
        status: The provider's HTTP status, None without an answer.
        retry_after_s: What the provider asked to wait, in seconds, uncapped; None when it said nothing.
        until: When the provider said it will serve again, aware UTC.
    """

    cause: Cause
    provider: str
    model: str
    key_label: str
    detail: str
    status: int | None = None
    retry_after_s: float | None = None
    until: datetime | None = None

    @property
    def rule(self) -> Rule:
        """Return the row of the table."""
        return RULES[self.cause]

    @property
    def sentence(self) -> str:
        """Return what the person at the client is told; no secrets, no internals."""
        said = self.rule.says.format(
            who=PROVIDER_NAMES.get(self.provider, self.provider),
            key=self.key_label,
            model=self.model,
            detail=self.detail,
        )
        return f"{said} (HTTP {self.status})" if self._names_status else said

    @property
    def _names_status(self) -> bool:
        return self.status in (401, 402, 403)

    def wait_s(self, now: datetime | None = None) -> float | None:
        """Return how long to wait before the same key can serve, in seconds; None when waiting is no help."""
        if self.rule.lasting in (Lasting.FIXED, Lasting.REQUEST):
            return None
        if self.retry_after_s is not None:
            return max(0.0, self.retry_after_s)
        if self.until is not None:
            return max(0.0, (self.until - (now or datetime.now(UTC))).total_seconds())
        return 1.0 if self.rule.lasting is Lasting.SHORT else float(MAX_RETRY_AFTER_S)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the client is told when a request failed for good.

    Attributes:
        status: HTTP status.
        error_type: Anthropic error type.
        message: One or more sentences.
        retry_after_s: Whole seconds for the `retry-after` header, 1 to 60, or None.
        should_retry: False when the same request cannot succeed before somebody changes something. True for
            400, where Claude Code drops the feature that was refused and tries again.
    """

    status: int
    error_type: str
    message: str
    retry_after_s: int | None
    should_retry: bool


def verdict_of(faults: Sequence[Fault]) -> Verdict:
    """Sum up the failed attempts of one request.

    A fault that is about the conversation itself speaks for all: the client can act on it (compact, change
    the prompt). Else whatever passes soonest decides, because the request can succeed then; the message names
    every provider that failed.

    Args:
        faults: In order of the attempts, at least one.
    """
    telling = [f for f in faults if f.rule.remedy in (Remedy.TELL, Remedy.LARGER)]
    if telling:
        return _verdict(telling[-1], telling[-1].sentence, None)
    waits = [(wait, fault) for fault in faults if (wait := fault.wait_s()) is not None]
    soonest = min(waits, key=lambda item: item[0]) if waits else None
    chief = soonest[1] if soonest else faults[-1]
    sentences = dict.fromkeys(f.sentence for f in [chief, *faults])
    return _verdict(chief, "; ".join(sentences), soonest[0] if soonest else None)


def _verdict(chief: Fault, message: str, wait_s: float | None) -> Verdict:
    rule = chief.rule
    named = wait_s is not None and rule.client_status in (429, 529)
    return Verdict(
        status=rule.client_status,
        error_type=rule.error_type,
        message=message,
        retry_after_s=capped_retry_after(wait_s) if named and wait_s is not None else None,
        should_retry=wait_s is not None or rule.client_status in (400, 502),
    )


def capped_retry_after(wait_s: float) -> int:
    """Return whole seconds for a `retry-after` header, between 1 and 60."""
    return max(1, min(MAX_RETRY_AFTER_S, math.ceil(wait_s)))
