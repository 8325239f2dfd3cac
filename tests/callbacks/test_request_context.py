"""Finding the context of a request from wherever LiteLLM runs our code."""

from __future__ import annotations

import asyncio
import gc

from callbacks import request_context
from callbacks.dialects.causes import Cause, Fault
from callbacks.request_context import (
    REQUEST_ID_KEY,
    RequestContext,
    begin_request,
    current_request,
    find_request,
    on_finish,
)

FAULT = Fault(Cause.REQUEST_QUOTA, "cerebras", "m", "CEREBRAS_API_KEY", "no more", status=429)


async def test_tasks_started_by_the_request_see_its_context() -> None:
    context = begin_request("/v1/messages", {"x-claude-code-session-id": "s1"})

    async def inside() -> RequestContext | None:
        return current_request()

    assert await asyncio.create_task(inside()) is context
    assert context.session_id == "s1"


async def test_two_requests_do_not_see_each_other() -> None:
    async def serve() -> tuple[RequestContext, RequestContext | None]:
        context = begin_request("/v1/messages", {})
        await asyncio.sleep(0)
        return context, current_request()

    first, second = await asyncio.gather(serve(), serve())
    assert first[0] is first[1]
    assert second[0] is second[1]
    assert first[0] is not second[0]


def test_logging_kwargs_lead_to_the_context_by_its_id() -> None:
    context = RequestContext()
    request_context._by_id[context.request_id] = context
    metadata = {REQUEST_ID_KEY: context.request_id}
    assert find_request({"litellm_metadata": metadata}) is context
    assert find_request({"litellm_params": {"metadata": metadata}}) is context
    assert find_request({"litellm_params": {"metadata": {"other": 1}}}) is current_request()


def test_a_finished_request_is_forgotten() -> None:
    context = RequestContext()
    request_id = context.request_id
    request_context._by_id[request_id] = context
    del context
    gc.collect()
    assert request_id not in request_context._by_id


def test_hops_tell_who_served_and_why_not_the_first() -> None:
    context = RequestContext()
    first = context.begin_hop("cerebras/a", "cerebras/a#1", "CEREBRAS_API_KEY")
    first.end("failed", FAULT)
    assert context.served_by is None
    second = context.begin_hop("zai/b", "zai/b#1", "ZAI_API_KEY")
    second.mark_first_byte()
    second.end("served")
    assert context.served_by is second
    assert context.fell_back_from is first
    assert context.last_fault is FAULT
    assert (first.provider, first.cause) == ("cerebras", "request_quota")
    assert second.duration_ms is not None


def test_the_first_end_of_a_hop_counts() -> None:
    hop = RequestContext().begin_hop("zai/b", "zai/b#1", "ZAI_API_KEY")
    hop.end("cancelled")
    hop.end("failed", FAULT)
    assert (hop.outcome, hop.fault) == ("cancelled", None)


def test_listeners_hear_of_a_finished_request_once() -> None:
    heard: list[str] = []

    def listen(context: RequestContext) -> None:
        heard.append(context.request_id)

    on_finish(listen)
    try:
        context = RequestContext()
        context.mark_first_byte()
        context.finish()
        context.finish()
    finally:
        request_context._finish_listeners.remove(listen)
    assert heard == [context.request_id]
    assert context.first_byte_ms is not None
