"""What is known about one client request while it is served: one object, found from anywhere.

Made at the edge (or by the routing hook where there is no edge), filled by the hooks and by each attempt,
read by the usage log and the error answers. Code that runs inside the request finds it in a context
variable, which LiteLLM's Router keeps through retries, fallbacks and streams; code that LiteLLM runs later
finds it by the id in the request's metadata.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, Protocol, cast
from weakref import WeakValueDictionary

from callbacks.dialects.causes import Fault, Verdict
from callbacks.quota.key_quota import Observation
from callbacks.translate.reply_stream import Usage

REQUEST_ID_KEY = "ccglm_request_id"
METADATA_KEYS = ("litellm_metadata", "metadata")

Outcome = Literal["running", "served", "failed", "cancelled"]


class Hold(Protocol):
    """A request's hold on the quota of the key it goes to."""

    @property
    def deployment_id(self) -> str:
        """Return LiteLLM's id of the deployment that is held."""
        ...

    def answered(self, observations: Sequence[Observation]) -> None:
        """Take over what the response headers state."""
        ...

    def ended(self, hop: Hop) -> None:
        """Settle with what the attempt took."""
        ...

    def drop(self) -> None:
        """Give everything back: the request was never sent."""
        ...


@dataclass(slots=True)
class Hop:
    """One attempt at one deployment.

    Attributes:
        member: Chain member, `cerebras/zai-glm-4.7`.
        deployment_id: LiteLLM's deployment, member and key number: `cerebras/zai-glm-4.7#1`.
        key_label: Name of the key's variable, never the key.
        started_at: When it began, aware UTC.
        outcome: How it ended.
        fault: Why it failed, or None.
        status: HTTP status of the provider, None when there was none.
        first_byte_ms: From its start to the first event of the answer (or the whole answer), in ms.
        duration_ms: From its start to its end, in ms; None while it runs.
        usage: Token counts the provider reported.
        stop_reason: Anthropic stop reason of the answer.
        tools_called: Names of the tools the answer calls, one for each call.
        retried: The attempt was sent a second time to the same deployment.
        notes: Names of request fields that were changed or left out, never contents.
        tells_its_end: Its end is noted by itself; that of an attempt of LiteLLM's own adapter is not.
        hold: What it reserved of the key's quota; None for a deployment whose quota nobody keeps.
    """

    member: str
    deployment_id: str
    key_label: str
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    outcome: Outcome = "running"
    fault: Fault | None = None
    status: int | None = None
    first_byte_ms: float | None = None
    duration_ms: float | None = None
    usage: Usage = field(default_factory=Usage)
    stop_reason: str | None = None
    tools_called: tuple[str, ...] = ()
    retried: bool = False
    notes: tuple[str, ...] = ()
    tells_its_end: bool = False
    hold: Hold | None = None
    started_s: float = field(default_factory=time.monotonic)

    @property
    def provider(self) -> str:
        """Return the part of the member before the first slash."""
        return self.member.partition("/")[0]

    @property
    def cause(self) -> str | None:
        """Return the name of the cause of the failure."""
        return None if self.fault is None else self.fault.cause.value

    def mark_first_byte(self) -> None:
        """Note that the answer has begun."""
        if self.first_byte_ms is None:
            self.first_byte_ms = self._elapsed_ms()

    def end(self, outcome: Outcome, fault: Fault | None = None) -> None:
        """Note how the attempt ended; only the first call counts."""
        if self.outcome != "running":
            return
        self.outcome = outcome
        self.fault = fault
        self.duration_ms = self._elapsed_ms()
        if self.hold is not None:
            self.hold.ended(self)

    def observe(self, observations: Sequence[Observation]) -> None:
        """Pass on what the response headers state about the key's quota."""
        if self.hold is not None:
            self.hold.answered(observations)

    def _elapsed_ms(self) -> float:
        return (time.monotonic() - self.started_s) * 1000.0


@dataclass(slots=True, weakref_slot=True)
class RequestContext:
    """One client request.

    Attributes:
        request_id: Our id, `req_` and 24 hex digits; the client sees it in `x-ccglm-request-id`.
        path: Path of the request, `/v1/messages`.
        requested_model: Model name as the client spelled it.
        role: Role that serves it, empty when a member was asked for by name.
        group: LiteLLM model group the Router was given: a role or a member.
        stream: The client wants a stream.
        session_id: `x-claude-code-session-id`, empty when absent.
        agent_id: `x-claude-code-agent-id` of a subagent, empty when absent.
        user_agent: The client's program and version.
        litellm_call_id: LiteLLM's id of the call.
        body: The client's own body, not changed by anybody; the same objects, not a copy.
        estimated_input_tokens: Our estimate of the prompt, in tokens, 0 before it was made.
        prompt_estimate: The same before calibration for any model, None before it was made.
        hops: Attempts in order.
        passed_over: Why keys before the one that was asked first were not asked.
        hold: What is reserved for the next attempt, None for nothing.
        nobody_after: Number of attempts after which nobody else could be asked, None while somebody can.
        refusal: Why the request was refused before anybody was asked, None for not.
        internal: The request is the proxy's own, to warm up; nobody is told of it.
        started_at: When the request arrived, aware UTC.
        status: HTTP status sent to the client, None before.
        error_type: Anthropic error type sent to the client, empty for none.
        first_byte_ms: From arrival to the first event of the answer, in ms.
        duration_ms: From arrival to the last byte, in ms.
        client_left: The client went away before the end.
    """

    path: str = ""
    request_id: str = field(default_factory=lambda: f"req_{secrets.token_hex(12)}")
    requested_model: str = ""
    role: str = ""
    group: str = ""
    stream: bool = False
    session_id: str = ""
    agent_id: str = ""
    user_agent: str = ""
    litellm_call_id: str = ""
    body: Mapping[str, Any] = field(default_factory=dict[str, Any])
    estimated_input_tokens: int = 0
    prompt_estimate: int | None = None
    hops: list[Hop] = field(default_factory=list[Hop])
    passed_over: tuple[Fault, ...] = ()
    hold: Hold | None = None
    nobody_after: int | None = None
    refusal: Verdict | None = None
    internal: bool = False
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    status: int | None = None
    error_type: str = ""
    first_byte_ms: float | None = None
    duration_ms: float | None = None
    client_left: bool = False
    started_s: float = field(default_factory=time.monotonic)

    @property
    def served_by(self) -> Hop | None:
        """Return the attempt whose answer the client gets: the last one, unless it failed unseen."""
        if not self.hops or (self.hops[-1].outcome == "failed" and self.first_byte_ms is None):
            return None
        return self.hops[-1]

    @property
    def fell_back_from(self) -> Hop | None:
        """Return the first failed attempt before the serving one, or one that was spared; None for neither."""
        if self.passed_over:
            fault = self.passed_over[0]
            member = f"{fault.provider}/{fault.model}"
            return Hop(member, "", fault.key_label, outcome="failed", fault=fault)
        return next((hop for hop in self.hops[:-1] if hop.fault is not None), None)

    @property
    def last_fault(self) -> Fault | None:
        """Return why the newest failed attempt failed."""
        return next((hop.fault for hop in reversed(self.hops) if hop.fault is not None), None)

    def begin_hop(self, member: str, deployment_id: str, key_label: str) -> Hop:
        """Note the start of an attempt and return its record."""
        hop = Hop(member, deployment_id, key_label)
        if self.hold is not None and self.hold.deployment_id == deployment_id:
            hop.hold, self.hold = self.hold, None
        self.hops.append(hop)
        return hop

    def mark_first_byte(self) -> None:
        """Note that the client was sent the beginning of the answer."""
        if self.first_byte_ms is None:
            self.first_byte_ms = (time.monotonic() - self.started_s) * 1000.0

    def finish(self) -> None:
        """Note the end of the request and tell the listeners, once.

        The last attempt may still be running then: one through LiteLLM's own adapter does not tell its end, and
        one whose client left ends a moment later.
        """
        if self.duration_ms is not None:
            return
        self.duration_ms = (time.monotonic() - self.started_s) * 1000.0
        if self.hold is not None:
            self.hold.drop()
        if not self.internal:
            for listener in _finish_listeners:
                listener(self)


FinishListener = Callable[[RequestContext], None]

_current: ContextVar[RequestContext | None] = ContextVar("ccglm_request", default=None)
_by_id: WeakValueDictionary[str, RequestContext] = WeakValueDictionary()
_finish_listeners: list[FinishListener] = []


def begin_request(
    path: str, headers: Mapping[str, str], *, internal: bool = False
) -> RequestContext:
    """Make the context of a request that has just arrived and make it the current one.

    Args:
        path: Path of the request.
        headers: The client's headers, names in lower case.
        internal: The request is the proxy's own.
    """
    context = RequestContext(
        path=path,
        internal=internal,
        session_id=headers.get("x-claude-code-session-id", ""),
        agent_id=headers.get("x-claude-code-agent-id", ""),
        user_agent=headers.get("user-agent", ""),
    )
    _current.set(context)
    _by_id[context.request_id] = context
    return context


def current_request() -> RequestContext | None:
    """Return the context of the request this code runs for, or None outside of one."""
    return _current.get()


def find_request(kwargs: Mapping[str, Any]) -> RequestContext | None:
    """Return the context that belongs to LiteLLM's request data or logging kwargs.

    Args:
        kwargs: Data with `litellm_metadata` or `metadata`, at the top or under `litellm_params`.
    """
    for holder in (kwargs, kwargs.get("litellm_params")):
        if not isinstance(holder, Mapping):
            continue
        for key in METADATA_KEYS:
            metadata = cast("Mapping[str, Any]", holder).get(key)
            if isinstance(metadata, Mapping):
                request_id = cast("Mapping[str, Any]", metadata).get(REQUEST_ID_KEY)
                if isinstance(request_id, str) and request_id in _by_id:
                    return _by_id[request_id]
    return _current.get()


def on_finish(listener: FinishListener) -> None:
    """Call the listener with each finished request: after the last byte, exactly once, never twice.

    The listener runs on the event loop: it must not block and must not raise.
    """
    _finish_listeners.append(listener)
