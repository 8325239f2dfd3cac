"""The history an OpenAI client sends back, as providers take it that refuse unknown properties.

For `/v1/chat/completions`, where LiteLLM's adapters pass messages on as they come. Clients append the answer they got to
the conversation, as OpenAI's own guide does, with what LiteLLM and the SDK have put into it: `reasoning_content`,
`provider_specific_fields`, the `index` of a call, `parsed_arguments` (openai 2.54, 2026-11).
"""

from __future__ import annotations

from typing import Any, cast

from callbacks.translate.json_values import JsonObject, as_object, as_text, objects_of

_KEYS = ("role", "content", "name")
_CALL_KEYS = ("id", "type")
_FUNCTION_KEYS = ("name", "arguments")
_REASONING_KEYS = ("reasoning", "reasoning_content")


def sendable_history(messages: object, reasoning_history: str) -> object:
    """Return chat messages with only what providers know in the assistant's; the rest as it is.

    Args:
        messages: The list of a request; anything else is returned as it is.
        reasoning_history: Key under which the model reads its earlier reasoning; another word for none.
    """
    if not isinstance(messages, list):
        return messages
    entries = cast("list[object]", messages)
    return [
        _assistant(as_object(entry), reasoning_history)
        if as_object(entry).get("role") == "assistant"
        else entry
        for entry in entries
    ]


def _assistant(message: JsonObject, reasoning_history: str) -> JsonObject:
    kept: JsonObject = {key: message[key] for key in _KEYS if key in message}
    reasoning = next((text for key in _REASONING_KEYS if (text := as_text(message.get(key)))), "")
    if reasoning and reasoning_history in _REASONING_KEYS:
        kept[reasoning_history] = reasoning
    calls = [_call(call) for call in objects_of(message.get("tool_calls"))]
    if calls:
        kept["tool_calls"] = calls
    return kept


def _call(call: JsonObject) -> JsonObject:
    function = as_object(call.get("function"))
    kept: dict[str, Any] = {key: call[key] for key in _CALL_KEYS if key in call}
    return {**kept, "function": {key: function[key] for key in _FUNCTION_KEYS if key in function}}
