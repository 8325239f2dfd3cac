"""Who may be asked after what went wrong."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from callbacks.dialects.causes import Cause, Fault
from callbacks.hooks.chain import deployment_id, member_of, worth_trying
from callbacks.request_context import Hop

CONTEXT_TOKENS = {"cerebras/a": 131_072, "zai/b": 204_800, "zai/c": 131_072}


def a_deployment(member: str, key: int = 1) -> dict[str, Any]:
    provider, _, model = member.partition("/")
    return {
        "litellm_params": {"model": member},
        "model_info": {"id": f"{member}#{key}", "ccglm": {"provider": provider, "model": model}},
    }


def failed(member: str, cause: Cause, key: int = 1) -> Hop:
    provider, _, model = member.partition("/")
    hop = Hop(member, f"{member}#{key}", "KEY")
    hop.end("failed", Fault(cause, provider, model, "KEY", "because"))
    return hop


ALL = [a_deployment("cerebras/a", 1), a_deployment("cerebras/a", 2), a_deployment("zai/b"), a_deployment("zai/c")]  # fmt: skip


def left(*hops: Hop) -> list[str]:
    return [deployment_id(d) for d in worth_trying(ALL, hops, CONTEXT_TOKENS)]


def test_before_any_failure_everybody_may_be_asked() -> None:
    assert len(left()) == 4


def test_a_quota_leaves_the_other_key() -> None:
    assert left(failed("cerebras/a", Cause.REQUEST_QUOTA)) == ["cerebras/a#2", "zai/b#1", "zai/c#1"]


def test_a_server_error_leaves_only_other_members() -> None:
    assert left(failed("cerebras/a", Cause.SERVER_ERROR)) == ["zai/b#1", "zai/c#1"]


def test_an_overflow_leaves_only_larger_models() -> None:
    assert left(failed("cerebras/a", Cause.CONTEXT_OVERFLOW)) == ["zai/b#1"]
    assert left(failed("zai/b", Cause.CONTEXT_OVERFLOW)) == []


def test_refused_content_leaves_nobody() -> None:
    assert left(failed("cerebras/a", Cause.CONTENT_FILTER)) == []


def test_a_model_of_unknown_size_may_be_tried() -> None:
    other = a_deployment("openrouter/x")
    assert worth_trying([other], [failed("cerebras/a", Cause.CONTEXT_OVERFLOW)], CONTEXT_TOKENS)


def test_a_member_of_another_provider_is_known_by_its_model() -> None:
    assert member_of({"litellm_params": {"model": "openrouter/z-ai/glm"}}) == "openrouter/z-ai/glm"
    assert member_of(ALL[0]) == "cerebras/a"


@given(st.lists(st.tuples(st.sampled_from(ALL), st.sampled_from(list(Cause))), max_size=6))
def test_nobody_is_asked_twice(failures: list[tuple[dict[str, Any], Cause]]) -> None:
    hops = [
        failed(member_of(d), cause, int(deployment_id(d).rpartition("#")[2]))
        for d, cause in failures
    ]
    assert not set(left(*hops)) & {hop.deployment_id for hop in hops}
