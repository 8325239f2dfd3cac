"""One Anthropic Messages request to one chat-completions request.

Called by the dialects. Pure: the same request and rules give the same bytes, and a history that grows keeps
its translated beginning unchanged, so that automatic prefix caches hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from callbacks.translate.blocks import blocks_of
from callbacks.translate.context import ReplyContext
from callbacks.translate.json_values import (
    JsonObject,
    as_array,
    as_count,
    as_text,
    objects_of,
    sound_object,
)
from callbacks.translate.messages import to_chat_messages
from callbacks.translate.response_format import apply_response_format
from callbacks.translate.rules import ChatRules
from callbacks.translate.system import system_text
from callbacks.translate.thinking import apply_thinking
from callbacks.translate.tokens import estimate_tokens
from callbacks.translate.tool_names import sent_tool_name
from callbacks.translate.tools import apply_tool_choice, to_chat_tools

# Properties of the Messages API that are translated, or mean something else in a chat completion.
_TRANSLATED = frozenset(
    {
        "model", "messages", "system", "tools", "tool_choice", "max_tokens", "stop_sequences", "temperature", "top_p",
        "thinking", "output_config", "output_format", "stream",
    }
)  # fmt: skip
_NOT_SHARED = frozenset({"metadata", "service_tier", "stop", "max_completion_tokens", "n"})


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A request ready to be sent, and what its answer needs.

    Attributes:
        body: The provider's request body.
        context: Handed to `to_message`, `ChatStream`, `MessagesStream` or `mend_message`.
        notes: Names of what was changed or left out (`top_k`, `image`), sorted; never contents.
        server_tools: Types of server tools the client asked for that this endpoint does not serve
            (`web_search_20250305`); they are not in the body. Whether that refuses the request is the caller's say.
    """

    body: JsonObject
    context: ReplyContext
    notes: tuple[str, ...]
    server_tools: tuple[str, ...]


def to_chat_completion(
    body: Mapping[str, Any],
    rules: ChatRules,
    *,
    message_id: str | None = None,
    token_ratio: float = 1.0,
) -> ChatRequest:
    """Translate one Messages request.

    Args:
        body: The client's body; not changed.
        rules: What the provider accepts.
        message_id: Id of the answer; a random `msg_...` when None.
        token_ratio: The model's calibration of the token estimate (`Calibration.ratio`).
    """
    body = sound_object(body)
    notes: set[str] = set()
    renamed: set[str] = set()
    sent: JsonObject = {"model": rules.model, "messages": []}
    messages = to_chat_messages(body.get("messages"), rules, notes, renamed)
    tools = to_chat_tools(body, rules, notes)
    apply_tool_choice(sent, body.get("tool_choice"), tools, rules, notes)
    apply_thinking(sent, body, rules)
    apply_sampling(sent, body, rules.temperature_range, rules.top_p_range, notes)
    _apply_limits(sent, body, rules, notes)
    stops = stop_sequences_of(body)
    if sent_stops := stops[: rules.stop_limit]:
        sent["stop"] = list(sent_stops)
    shape = apply_response_format(sent, body, rules, notes)
    system = "\n\n".join(text for text in (system_text(body.get("system"), notes), shape) if text)
    if system:
        messages.insert(0, {"role": "system", "content": system})
    sent["messages"] = messages
    _apply_rest(sent, body, rules, notes)
    estimated = estimate_tokens(body, reads_images=rules.reads_images)
    names = {sent_tool_name(name, rules.tool_name_limit): name for name in renamed}
    context = ReplyContext(
        requested_model=as_text(body.get("model")),
        message_id=message_id or new_message_id(),
        estimated_input_tokens=round(estimated * token_ratio),
        tool_schemas=tools.schemas,
        tool_names={**names, **tools.renamed},
        used_tool_ids=used_tool_ids(body.get("messages")),
        stop_sequences=stops,
        sent_stop_sequences=sent_stops if "stop" in rules.properties else (),
    )
    kept = {key: value for key, value in sent.items() if key in rules.properties}
    return ChatRequest(kept, context, tuple(sorted(notes)), tuple(tools.server_tools))


def new_message_id() -> str:
    """Return a fresh id for an answer."""
    return f"msg_{uuid4().hex[:24]}"


def stop_sequences_of(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the stop sequences of a request that can end a text, each once."""
    wanted = (as_text(item) for item in as_array(body.get("stop_sequences")))
    return tuple(dict.fromkeys(sequence for sequence in wanted if sequence))


def used_tool_ids(messages: object) -> frozenset[str]:
    """Return the ids of all tool calls in a history."""
    return frozenset(
        as_text(block.get("id"))
        for message in objects_of(messages)
        for block in blocks_of(message.get("content"))
        if "id" in block
    )


def apply_sampling(
    sent: JsonObject,
    body: Mapping[str, Any],
    temperature_range: tuple[float, float],
    top_p_range: tuple[float, float],
    notes: set[str],
) -> None:
    """Put `temperature` and `top_p` into a request, within the provider's ranges; what is no number is left out."""
    for key, (low, high) in (("temperature", temperature_range), ("top_p", top_p_range)):
        value = body.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            if sent.pop(key, None) is not None:
                notes.add(key)
            continue
        sent[key] = min(max(value, low), high)
        if sent[key] != value:
            notes.add(key)


def smallest(limits: Iterable[int | None]) -> int | None:
    """Return the smallest limit that is set, None when none is."""
    return min((limit for limit in limits if limit is not None), default=None)


def _apply_limits(
    sent: JsonObject, body: Mapping[str, Any], rules: ChatRules, notes: set[str]
) -> None:
    asked = as_count(body.get("max_tokens")) or rules.default_max_tokens
    if asked is None:
        return
    limit = smallest((asked, rules.max_output_tokens, rules.reserve_tokens))
    sent[rules.max_tokens_key] = limit
    if limit != asked:
        notes.add("max_tokens")


def _apply_rest(
    sent: JsonObject, body: Mapping[str, Any], rules: ChatRules, notes: set[str]
) -> None:
    """Add what the provider takes under the client's own name, and the constants."""
    for key, value in body.items():
        if key in _TRANSLATED:
            continue
        if key in rules.properties and key not in _NOT_SHARED:
            sent[key] = value
        else:
            notes.add(key)
    streaming = body.get("stream") is True
    if streaming:
        sent["stream"] = True
    constants = {**rules.extra_body, **(rules.extra_stream_body if streaming else {})}
    for key, value in constants.items():
        sent.setdefault(key, value)
