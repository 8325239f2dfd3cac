"""A finished request as the row the usage store keeps: pure, from its context and LiteLLM's report.

Only names and numbers are taken over. The project folder is looked for in the client's own words,
because it is the only place where the client tells it, and nothing but the folder leaves them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from callbacks.request_context import Hop, RequestContext
from callbacks.translate.json_values import as_count, as_object, as_text, objects_of
from callbacks.translate.reply_stream import Usage
from callbacks.usage_rows import UsageHop, UsageRow

MIN_OUTPUT_MS = 50.0
"""Answers that arrive faster come in one piece; dividing by such a time tells nothing about
speed."""

_FOLDER_MARK = "orking directory:"
_FOLDER_LINE = re.compile(r"\s*(?:[-*]\s*)?(?:Primary w|W)orking directory:\s*(\S.*?)\s*")
_MESSAGES_SEARCHED = 2
"""Claude Code 2.1.329 describes where it works in the system prompt or in the messages right
after."""
_MAX_NAME_CHARS = 300


class Prices(Protocol):
    """What tokens of a model cost, in US dollars for a million; None where it is not known."""

    @property
    def input_usd_per_mtok(self) -> float | None:
        """Input that was not cached."""
        ...

    @property
    def cached_input_usd_per_mtok(self) -> float | None:
        """Input read from the provider's cache; the plain price where it is not known."""
        ...

    @property
    def output_usd_per_mtok(self) -> float | None:
        """Output, thinking included."""
        ...


@dataclass(frozen=True, slots=True)
class Report:
    """What LiteLLM reports of an answer that its own adapter translated."""

    usage: Usage
    cost_usd: float
    started_s: float
    """When the attempt began, in seconds since 1970, like the others."""
    first_token_s: float
    ended_s: float
    tools: tuple[str, ...]


def report_of(kwargs: Mapping[str, Any]) -> Report | None:
    """Return LiteLLM's report of a served request; None when it has none.

    Args:
        kwargs: What LiteLLM hands to `async_log_success_event`. Of `standard_logging_object` these
            keys are read: `prompt_tokens` (cached ones included), `completion_tokens`,
            `response_cost`, `startTime`, `completionStartTime`, `endTime`, `metadata.usage_object`,
            and the names in `response.choices`.

    Source:
        LiteLLM 1.106.2, seen with a proxy of its own adapters on 2026-11-21.
    """
    payload = as_object(kwargs.get("standard_logging_object"))
    if not payload:
        return None
    details = as_object(as_object(payload.get("metadata")).get("usage_object"))
    prompt = as_count(payload.get("prompt_tokens"))
    cached = as_count(as_object(details.get("prompt_tokens_details")).get("cached_tokens"))
    thought = as_object(details.get("completion_tokens_details")).get("reasoning_tokens")
    started_s = _number(payload.get("startTime"))
    return Report(
        usage=Usage(
            input_tokens=max(prompt - cached, 0),
            cached_tokens=cached,
            output_tokens=as_count(payload.get("completion_tokens")),
            reasoning_tokens=as_count(thought),
            estimated=False,
        ),
        cost_usd=_number(payload.get("response_cost")),
        started_s=started_s,
        first_token_s=_number(payload.get("completionStartTime")) or started_s,
        ended_s=_number(payload.get("endTime")) or started_s,
        tools=tuple(_tools_in_completion(as_object(payload.get("response")))),
    )


def usage_row(
    context: RequestContext, prices: Mapping[str, Prices], report: Report | None = None
) -> UsageRow:
    """Return the row of a finished request.

    Args:
        context: The request, finished.
        prices: Prices of each chain member.
        report: LiteLLM's report, for an answer whose attempt does not know its usage itself.
    """
    served = context.served_by
    usage = _usage_of(served, report)
    fell_back_from = _fell_back_from(context)
    return UsageRow(
        request_id=context.request_id,
        started_at_ms=round(context.started_at.timestamp() * 1000),
        session_id=_name(context.session_id),
        agent_id=_name(context.agent_id),
        project=project_of(context.body),
        role=context.role or None,
        requested_model=_name(context.requested_model) or "",
        served_model=served.member.partition("/")[2] if served else None,
        provider=served.provider if served else None,
        key_label=(served.key_label or None) if served else None,
        streamed=context.stream,
        input_tokens=usage.prompt_tokens,
        cached_tokens=usage.cached_tokens,
        output_tokens=usage.output_tokens,
        reasoning_tokens=usage.reasoning_tokens,
        cost_usd=_cost_usd(context, prices, report),
        wait_ms=max((served.started_s - context.started_s) * 1000, 0.0) if served else None,
        first_token_ms=context.first_byte_ms if context.stream else None,
        output_ms=_output_ms(served, report, streamed=context.stream),
        duration_ms=context.duration_ms or 0.0,
        outcome=outcome_of(context),
        status=context.status,
        fallback_from=fell_back_from.member if fell_back_from else None,
        fallback_cause=fell_back_from.cause if fell_back_from else None,
        fault=_fault_of(context),
        hops=tuple(_usage_hop(hop) for hop in context.hops),
        tools=_tools_of(served, report),
    )


def outcome_of(context: RequestContext) -> str:
    """Return how a request ended for the client: `served`, `failed` or `cancelled`."""
    served = context.served_by
    if context.client_left or (served is not None and served.outcome == "cancelled"):
        return "cancelled"
    # An attempt of LiteLLM's own adapter is never told that it ended well: it stays `running`.
    well = served is not None and served.outcome in ("served", "running")
    return "served" if well and (context.status or 500) < 400 else "failed"


def project_of(body: Mapping[str, Any]) -> str | None:
    """Return the folder the client says it works in; None when it does not say."""
    for text in _texts(body):
        at = text.find(_FOLDER_MARK)
        while at >= 0:
            end = text.find("\n", at)
            line = text[text.rfind("\n", 0, at) + 1 : end if end >= 0 else len(text)]
            if found := _FOLDER_LINE.fullmatch(line):
                return _name(found[1].strip("`'\""))
            at = text.find(_FOLDER_MARK, at + 1)
    return None


def _texts(body: Mapping[str, Any]) -> Iterator[str]:
    messages = objects_of(body.get("messages"))[:_MESSAGES_SEARCHED]
    for content in (body.get("system"), *(message.get("content") for message in messages)):
        if isinstance(content, str):
            yield content
        for block in objects_of(content):
            yield as_text(block.get("text"))


def _name(text: str) -> str | None:
    """Return a name as the store takes it: encodable, not endless; None for an empty one."""
    return text[:_MAX_NAME_CHARS].encode("utf-8", "replace").decode() or None


def _usage_of(served: Hop | None, report: Report | None) -> Usage:
    if served is None:
        return Usage()
    return report.usage if report and served.outcome == "running" else served.usage


def _tools_of(served: Hop | None, report: Report | None) -> tuple[str, ...]:
    if served is None:
        return ()
    tools = report.tools if report and served.outcome == "running" else served.tools_called
    return tuple(name for name in map(_name, tools) if name)


def _cost_usd(
    context: RequestContext, prices: Mapping[str, Prices], report: Report | None
) -> float:
    """Return what all attempts cost together: a stream that broke off is paid for too."""
    cost_usd = 0.0
    for hop in context.hops:
        usage = _usage_of(hop, report if hop is context.served_by else None)
        price = prices.get(hop.member)
        if price is None or price.input_usd_per_mtok is None:
            cost_usd += report.cost_usd if report and hop is context.served_by else 0.0
        else:
            cost_usd += _price(usage, price) / 1e6
    return cost_usd


def _price(usage: Usage, price: Prices) -> float:
    input_usd = price.input_usd_per_mtok or 0.0
    cached_usd = price.cached_input_usd_per_mtok
    return (
        usage.input_tokens * input_usd
        + usage.cached_tokens * (input_usd if cached_usd is None else cached_usd)
        + usage.output_tokens * (price.output_usd_per_mtok or 0.0)
    )


def _output_ms(served: Hop | None, report: Report | None, *, streamed: bool) -> float | None:
    if served is None:
        return None
    if served.duration_ms is None:
        if report is None:
            return None
        began_s = report.first_token_s if streamed else report.started_s
        output_ms = (report.ended_s - began_s) * 1000
    else:
        began_ms = served.first_byte_ms if streamed else 0.0
        output_ms = served.duration_ms - (began_ms or 0.0)
    return output_ms if output_ms >= MIN_OUTPUT_MS else None


def _fell_back_from(context: RequestContext) -> Hop | None:
    """Return the first attempt that failed, or was spared, at another member than the last one was."""
    if not context.hops:
        return None
    last = context.hops[-1].member
    spared = context.fell_back_from if context.passed_over else None
    if spared is not None and spared.member != last:
        return spared
    return next((hop for hop in context.hops if hop.fault and hop.member != last), None)


def _fault_of(context: RequestContext) -> str | None:
    if outcome_of(context) != "failed":
        return None
    last = context.last_fault
    return last.cause.value if last else context.error_type or "unknown"


def _usage_hop(hop: Hop) -> UsageHop:
    return UsageHop(
        provider=hop.provider,
        model=hop.member.partition("/")[2],
        key_label=hop.key_label or None,
        started_at_ms=round(hop.started_at.timestamp() * 1000),
        first_byte_ms=hop.first_byte_ms,
        duration_ms=hop.duration_ms,
        outcome="served" if hop.outcome == "running" else hop.outcome,
        cause=hop.cause,
        status=hop.status,
    )


def _tools_in_completion(completion: Mapping[str, Any]) -> Iterator[str]:
    for choice in objects_of(completion.get("choices")):
        for call in objects_of(as_object(choice.get("message")).get("tool_calls")):
            yield as_text(as_object(call.get("function")).get("name"))


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
