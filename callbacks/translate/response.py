"""One whole chat completion to one Anthropic message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callbacks.translate.chat_message import text_of, thinking_of
from callbacks.translate.context import OWN_SIGNATURE, ReplyContext
from callbacks.translate.endings import stop_reason_of, upstream_error, usage_of
from callbacks.translate.faults import ReplyFault
from callbacks.translate.json_values import JsonObject, as_object, as_text, objects_of, read_json
from callbacks.translate.reply_stream import Sent
from callbacks.translate.stop_sequences import cut_at_stop, silent_stop
from callbacks.translate.tool_arguments import is_cut_off, mend_call
from callbacks.translate.tool_calls import CallCollector, RawCall
from callbacks.translate.tool_ids import IdMint


def to_message(completion: Mapping[str, Any], context: ReplyContext) -> JsonObject:
    """Translate a non-streaming answer.

    Args:
        completion: The provider's JSON: `choices[0].message`, `choices[0].finish_reason` and `usage` are read.
        context: Facts of the request.

    Returns:
        An Anthropic message; its blocks are thinking, text and tool calls, in that order.

    Raises:
        ReplyFault: The answer is an error object, empty, or cannot be repaired.
    """
    if fault := upstream_error(completion):
        raise fault
    choices = objects_of(completion.get("choices"))
    choice = choices[0] if choices else {}
    message = as_object(choice.get("message"))
    finish_reason = as_text(choice.get("finish_reason"))
    if not finish_reason:
        raise ReplyFault("empty", "the provider answered without an answer", retry=True)
    thinking = thinking_of(message)
    text, stop_sequence = cut_at_stop(text_of(message), context.stop_sequences)
    calls = [] if stop_sequence else _calls_of(message)
    sent: Sent = "content" if text.strip() else "thinking" if thinking.strip() else "nothing"
    stop_reason = "stop_sequence"
    if stop_sequence is None:
        stop_reason = stop_reason_of(finish_reason, calls=bool(calls), sent=sent)
        if stop_reason == "end_turn":
            stop_sequence = silent_stop(text, context.sent_stop_sequences)
            stop_reason = "stop_sequence" if stop_sequence else stop_reason
    content = _said(thinking, text) + _call_blocks(calls, context, stop_reason)
    length = len(thinking) + len(text) + sum(len(call.arguments) for call in calls)
    return {
        "id": context.message_id,
        "type": "message",
        "role": "assistant",
        "model": context.requested_model,
        "content": content,
        "stop_reason": stop_reason,
        "stop_sequence": stop_sequence,
        "usage": usage_of(as_object(completion.get("usage")), context, length).as_anthropic(),
    }


def _calls_of(message: Mapping[str, Any]) -> list[RawCall]:
    collector = CallCollector()
    for position, call in enumerate(objects_of(message.get("tool_calls"))):
        # In a whole answer each entry is a call of its own, whatever index it carries.
        collector.add({**call, "index": position})
    return collector.take_rest()


def _said(thinking: str, text: str) -> list[JsonObject]:
    blocks: list[JsonObject] = []
    if thinking.strip():
        blocks.append({"type": "thinking", "thinking": thinking, "signature": OWN_SIGNATURE})
    if text.strip():
        blocks.append({"type": "text", "text": text})
    return blocks


def _call_blocks(calls: list[RawCall], context: ReplyContext, stop_reason: str) -> list[JsonObject]:
    ids = IdMint(context.message_id, context.used_tool_ids)
    blocks: list[JsonObject] = []
    for call in calls:
        if stop_reason == "max_tokens" and is_cut_off(call.arguments):
            # The output limit cut the call; a whole message cannot hold half an input.
            continue
        name, arguments = mend_call(call.name, call.arguments, context)
        blocks.append(
            {
                "type": "tool_use",
                "id": ids.claim(call.id),
                "name": name,
                "input": as_object(read_json(arguments)) if arguments else {},
            }
        )
    return blocks
