"""Who may be asked next: the cause table applied to the deployments the Router offers.

LiteLLM walks the groups of a chain; what failed before in the same request decides which of their deployments
are still worth a try. With none left the Router goes on to the next group at once. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import inf
from typing import Any

from callbacks.dialects.causes import Cause, Remedy
from callbacks.request_context import Hop
from callbacks.translate.json_values import as_object, as_text

_MOST_BAD_REQUESTS = 2
"""Members that may refuse a request as wrong; a third would only say so again."""


def worth_trying(
    deployments: Sequence[Mapping[str, Any]],
    hops: Sequence[Hop],
    context_tokens: Mapping[str, int],
) -> list[Mapping[str, Any]]:
    """Return the deployments that may still serve a request.

    Args:
        deployments: What the Router offers, with `model_info.id` and `model_info.ccglm`.
        hops: The attempts of this request so far.
        context_tokens: Context window of each member, in tokens.
    """
    may_try = still_open(hops, context_tokens)
    return [d for d in deployments if may_try(deployment_id(d), member_of(d))]


def still_open(
    hops: Sequence[Hop], context_tokens: Mapping[str, int]
) -> Callable[[str, str], bool]:
    """Return what tells, for a deployment's id and its member, whether it may still serve a request.

    Args:
        hops: The attempts of this request so far.
        context_tokens: Context window of each member, in tokens.
    """
    failed = [hop for hop in hops if hop.fault is not None]
    if not failed:
        return lambda _deployment, _member: True
    bad = {hop.member for hop in failed if hop.fault and hop.fault.cause is Cause.BAD_REQUEST}
    if any(_remedy(hop) is Remedy.TELL for hop in failed) or len(bad) >= _MOST_BAD_REQUESTS:
        return lambda _deployment, _member: False
    tried = {hop.deployment_id for hop in failed}
    hopeless = {hop.member for hop in failed if _remedy(hop) is Remedy.NEXT_MEMBER}
    too_small = max(
        (context_tokens.get(hop.member, 0) for hop in failed if _remedy(hop) is Remedy.LARGER),
        default=0,
    )

    def may_try(deployment: str, member: str) -> bool:
        if deployment in tried or member in hopeless:
            return False
        return not too_small or context_tokens.get(member, inf) > too_small

    return may_try


def _remedy(hop: Hop) -> Remedy:
    assert hop.fault is not None, "only failed hops are asked"
    return hop.fault.rule.remedy


def deployment_id(deployment: Mapping[str, Any]) -> str:
    """Return LiteLLM's id of a deployment."""
    return as_text(as_object(deployment.get("model_info")).get("id"))


def member_of(deployment: Mapping[str, Any]) -> str:
    """Return the chain member, `provider/model`, that a deployment belongs to."""
    facts = as_object(as_object(deployment.get("model_info")).get("ccglm"))
    if facts:
        return f"{facts.get('provider')}/{facts.get('model')}"
    return as_text(as_object(deployment.get("litellm_params")).get("model"))
