"""One Anthropic Messages request to one that another Anthropic-speaking endpoint accepts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callbacks.translate.blocks import blocks_of
from callbacks.translate.context import ReplyContext
from callbacks.translate.json_values import (
    JsonObject,
    as_count,
    as_object,
    as_text,
    objects_of,
    sound_object,
)
from callbacks.translate.messages_history import to_sound_messages
from callbacks.translate.request import (
    ChatRequest,
    apply_sampling,
    new_message_id,
    smallest,
    stop_sequences_of,
    used_tool_ids,
)
from callbacks.translate.rules import MessagesRules
from callbacks.translate.system import BILLING_MARK, is_billing, system_text
from callbacks.translate.thinking import nearest_effort, weakest_effort
from callbacks.translate.tokens import estimate_tokens
from callbacks.translate.tools import is_server_tool, is_withheld, referenced_tools


def to_messages_request(
    body: Mapping[str, Any],
    rules: MessagesRules,
    *,
    message_id: str | None = None,
    token_ratio: float = 1.0,
) -> ChatRequest:
    """Make a Messages request fit for an endpoint that speaks the same language but takes less of it.

    Args:
        body: The client's body; not changed.
        rules: What the provider accepts.
        message_id: Id of the answer; a random `msg_...` when None.
        token_ratio: The model's calibration of the token estimate (`Calibration.ratio`).
    """
    body = sound_object(body)
    notes: set[str] = set()
    sent: JsonObject = {**body, "model": rules.model}
    _apply_system(sent, notes)
    sent["messages"] = to_sound_messages(body.get("messages"), rules, notes)
    server_tools = _apply_tools(sent, referenced_tools(body.get("messages")), rules, notes)
    _apply_thinking(sent, rules, notes)
    apply_sampling(sent, body, rules.temperature_range, rules.top_p_range, notes)
    limit = smallest((as_count(body.get("max_tokens")) or None, rules.max_output_tokens))
    if limit is not None:
        sent["max_tokens"] = limit
    if limit != body.get("max_tokens"):
        notes.add("max_tokens")
    stops = _apply_stops(sent, body, rules, notes)
    if rules.properties is not None:
        notes.update(key for key in sent if key not in rules.properties)
        sent = {key: value for key, value in sent.items() if key in rules.properties}
    estimated = estimate_tokens(
        body, reads_images=rules.reads_images, reads_documents=rules.reads_documents
    )
    context = ReplyContext(
        requested_model=as_text(body.get("model")),
        message_id=message_id or new_message_id(),
        estimated_input_tokens=round(estimated * token_ratio),
        tool_schemas={
            as_text(tool.get("name")): as_object(tool.get("input_schema"))
            for tool in objects_of(sent.get("tools"))
        },
        used_tool_ids=used_tool_ids(body.get("messages")),
        stop_sequences=stops,
        signature_tag=rules.signature_tag,
    )
    return ChatRequest(sent, context, tuple(sorted(notes)), tuple(server_tools))


def _apply_system(sent: JsonObject, notes: set[str]) -> None:
    """Take the billing line out of the system prompt; blocks keep their cache marks."""
    system = sent.get("system")
    if isinstance(system, str):
        kept: Any = system_text(system, notes) if system.startswith(BILLING_MARK) else system
    else:
        blocks = blocks_of(system)
        kept = [
            block
            for block in blocks
            if not is_billing(block) and (block.get("type") != "text" or as_text(block.get("text")).strip())
        ]  # fmt: skip
        if any(is_billing(block) for block in blocks):
            notes.add("billing_header")
    if kept:
        sent["system"] = kept
    else:
        sent.pop("system", None)


def _apply_stops(
    sent: JsonObject, body: Mapping[str, Any], rules: MessagesRules, notes: set[str]
) -> tuple[str, ...]:
    """Send as many stop sequences as the endpoint takes; return all of them when that leaves some to us."""
    stops = stop_sequences_of(body)
    kept = stops[: rules.stop_limit]
    if kept:
        sent["stop_sequences"] = list(kept)
    else:
        sent.pop("stop_sequences", None)
    if sent.get("stop_sequences") != body.get("stop_sequences"):
        notes.add("stop_sequences")
    return stops if len(stops) > len(kept) else ()


def _apply_tools(
    sent: JsonObject, referenced: set[str], rules: MessagesRules, notes: set[str]
) -> list[str]:
    """Leave out tools that the endpoint cannot serve; return the types of such server tools."""
    refused: list[str] = []
    kept: list[JsonObject] = []
    for tool in objects_of(sent.get("tools")):
        if is_server_tool(tool) and tool.get("type") not in rules.server_tools:
            refused.append(as_text(tool.get("type")))
        elif is_withheld(tool, referenced):
            notes.add("defer_loading")
        else:
            kept.append({key: value for key, value in tool.items() if key != "defer_loading"})
    if kept:
        sent["tools"] = kept
    else:
        sent.pop("tools", None)
        sent.pop("tool_choice", None)
    return refused


def _apply_thinking(sent: JsonObject, rules: MessagesRules, notes: set[str]) -> None:
    off = as_object(sent.get("thinking")).get("type") == "disabled"
    config = as_object(sent.get("output_config"))
    effort = as_text(config.get("effort"))
    chosen = nearest_effort(effort, rules.efforts) if effort else None
    if off and rules.thinking_always:
        sent["thinking"] = {"type": "adaptive"}
        chosen = weakest_effort(rules.efforts)
        notes.add("thinking")
    if (chosen or "") != effort:
        notes.add("effort")
    config = {key: value for key, value in config.items() if key != "effort"}
    if chosen:
        config["effort"] = chosen
    if config:
        sent["output_config"] = config
    else:
        sent.pop("output_config", None)
