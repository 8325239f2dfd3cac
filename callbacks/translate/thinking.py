"""How much the model shall think: the client's words for it to a provider's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from callbacks.translate.context import OWN_SIGNATURE
from callbacks.translate.json_values import (
    JsonObject,
    as_count,
    as_object,
    as_text,
    is_array,
    objects_of,
)
from callbacks.translate.rules import ChatRules

_RANKS = {"none": 0, "minimal": 1, "low": 2, "medium": 3, "high": 4, "xhigh": 5, "max": 6}
# A budget of thinking tokens as an effort, for clients that still speak of budgets.
_BUDGETS = ((4_096, "low"), (16_384, "medium"))

_OFF: JsonObject = {"type": "disabled"}


class Thinking(NamedTuple):
    """What the client asks for: whether to think, and how hard (empty for no word about it)."""

    wanted: bool
    effort: str


def thinking_of_request(body: Mapping[str, Any]) -> Thinking:
    """Read `thinking` and `output_config.effort` of a request.

    Without a `thinking` field the Messages API does not think, whatever effort is named: that is how Claude Code
    (2.1.329, 2026-11-20) says that thinking is switched off.
    """
    thinking = as_object(body.get("thinking"))
    effort = as_text(as_object(body.get("output_config")).get("effort"))
    kind = as_text(thinking.get("type"))
    if kind in ("", "disabled"):
        return Thinking(wanted=False, effort="")
    if not effort and kind == "enabled":
        budget = as_count(thinking.get("budget_tokens"))
        effort = next((name for limit, name in _BUDGETS if budget <= limit), "high")
    return Thinking(wanted=True, effort=effort)


def nearest_effort(effort: str, accepted: Sequence[str]) -> str | None:
    """Return the accepted effort closest to the wanted one, the stronger of two equally close.

    `none` is only given for `none`; an unknown word counts as `high`. None when nothing is accepted.
    """
    if effort in accepted:
        return effort
    thinking = [name for name in accepted if name != "none"]
    rank = _RANKS.get(effort, _RANKS["high"])
    return min(
        thinking,
        key=lambda name: (abs(_RANKS.get(name, rank) - rank), -_RANKS.get(name, rank)),
        default=None,
    )


def weakest_effort(accepted: Sequence[str]) -> str | None:
    """Return the accepted effort that thinks least, None when nothing is accepted."""
    return min(accepted, key=lambda name: _RANKS.get(name, 0), default=None)


def apply_thinking(sent: JsonObject, body: Mapping[str, Any], rules: ChatRules) -> None:
    """Put `reasoning_effort` and `thinking` into a chat request, as the model takes them.

    Args:
        sent: The request being built; changed.
        body: The client's request.
        rules: What the model accepts.
    """
    asked = thinking_of_request(body)
    on = asked.wanted or rules.thinking_always
    if rules.thinking_switch == "object":
        sent["thinking"] = {"type": "enabled", **rules.thinking_extra} if on else _OFF
    if asked.wanted:
        effort = asked.effort or rules.default_effort or ""
        chosen = nearest_effort(effort, rules.efforts) if effort else None
    elif on:
        chosen = weakest_effort(rules.efforts)
    else:
        can_say_none = rules.thinking_switch == "effort" and "none" in rules.efforts
        chosen = "none" if can_say_none else None
    if chosen:
        sent["reasoning_effort"] = chosen


def without_foreign_signatures(message: JsonObject, tag: str) -> JsonObject:
    """Return an assistant message whose thinking blocks carry only signatures of the provider with this tag.

    Its own signatures lose the tag; thinking signed by others stays, with an empty signature; encrypted thinking
    of others is left out, because nobody else can read it.

    Args:
        message: An Anthropic message; not changed.
        tag: The provider's mark, as in `ReplyContext.signature_tag`; empty when it has none.
    """
    blocks: list[JsonObject] = []
    if not is_array(message.get("content")):
        return message
    for block in objects_of(message["content"]):
        kind = block.get("type")
        if kind == "thinking":
            blocks.append({**block, "signature": _own_part(as_text(block.get("signature")), tag)})
        elif kind == "redacted_thinking":
            if data := _own_part(as_text(block.get("data")), tag):
                blocks.append({**block, "data": data})
        else:
            blocks.append(block)
    return {**message, "content": blocks}


def _own_part(signature: str, tag: str) -> str:
    if signature == OWN_SIGNATURE or not tag or not signature.startswith(tag):
        return ""
    return signature.removeprefix(tag)
