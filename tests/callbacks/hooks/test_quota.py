"""The quotas of one process: keys are learned from the Router, pauses from the store, ends from the request."""

from __future__ import annotations

from typing import Any

from callbacks.dialects.causes import Cause
from callbacks.exchange import Send
from callbacks.hooks.quota import Quota
from callbacks.quota.persistence import state_key, to_value
from callbacks.request_context import RequestContext
from tests.helpers.quota import CEREBRAS, START, ZAI, MemoryStore, a_fault, quota_settings
from tests.helpers.upstreams import FakeUpstream

DEPLOYMENTS: list[dict[str, Any]] = [
    {"model_info": {"id": f"{CEREBRAS}#1"}, "litellm_params": {"api_key": "k1", "api_base": "http://c/v1/"}},
    {"model_info": {"id": "somebody else's"}, "litellm_params": {}},
]  # fmt: skip


def sender(_provider: str) -> Send:
    async def send(*_: Any) -> FakeUpstream:
        return FakeUpstream(200, [b"{}"])

    return send


def a_quota(saved: dict[str, Any] | None = None) -> Quota:
    return Quota(
        quota_settings(), MemoryStore(), saved or {}, lambda _: 1.0, sender, lambda: DEPLOYMENTS
    )


async def test_keys_and_pauses_are_known_before_the_first_choice() -> None:
    before = a_quota()
    before.learn_keys()
    state = before.book.keys_of(CEREBRAS)[0]
    assert (state.api_key, state.api_base) == ("k1", "http://c/v1")
    state.fault = a_fault(Cause.PLAN_QUOTA)
    later = START.replace(year=START.year + 50)
    quota = a_quota({state_key(state): to_value(state, 3600, later)})
    offered = [{"model_info": {"id": f"{CEREBRAS}#{n}", "ccglm": {"provider": "cerebras", "model": "zai-glm-4.7"}}} for n in (1, 2)]  # fmt: skip
    context = RequestContext(group=CEREBRAS)
    assert await quota.choose(offered, context) == offered[1:]
    assert quota.document()[0]["resting"]["cause"] == "plan_quota"


async def test_attempts_of_other_adapters_end_with_the_request() -> None:
    quota = a_quota()
    state = quota.book.keys_of(ZAI)[0]
    offered = [{"model_info": {"id": f"{ZAI}#1", "ccglm": {"provider": "zai", "model": "glm-4.7"}}}]
    for tells in (True, False):
        context = RequestContext(group=ZAI)
        await quota.choose(offered, context)
        hop = context.begin_hop(ZAI, f"{ZAI}#1", "ZAI_API_KEY")
        hop.tells_its_end = tells
        quota.finished(context)
    assert (state.quota.in_flight, state.quota.served) == (1, 1)
    quota.close()
